import { Op, type WhereOptions } from 'sequelize';
import type { Server } from '../../context.ts';

/** Issued, and without its PDF yet. */
export const undrawn: WhereOptions = { pdfHash: null, number: { [Op.ne]: null } };

/** True where an issued invoice has no PDF yet. Asked by the scheduler, which is not to load what draws. */
export async function invoicesUndrawn(server: Server): Promise<boolean> {
  const row = await server.models.invoices.findOne({ attributes: ['id'], where: undrawn, raw: true });
  return row !== null;
}
