import { Op, type WhereOptions } from 'sequelize';
import { findIds } from '#sync/server/row.ts';
import { invoices } from '#shared/invoices/schema.ts';
import type { Server } from '../../context.ts';

/** Issued, and without its PDF yet. */
export const undrawn: WhereOptions = { pdfHash: null, number: { [Op.ne]: null } };

/** True where an issued invoice has no PDF yet. Asked by the scheduler, which is not to load what draws. */
export async function invoicesUndrawn(server: Server): Promise<boolean> {
  return (await findIds(server, invoices, { where: undrawn, limit: 1 })).length > 0;
}
