import { Op, type WhereOptions } from 'sequelize';
import { findIds } from '#sync/server/row.ts';
import { invoices } from '#shared/invoices/schema.ts';
import type { Server } from '../../context.ts';

/** Matches issued invoices that have no PDF yet. */
export const undrawn: WhereOptions = { pdfHash: null, number: { [Op.ne]: null } };

/** True if an issued invoice has no PDF yet. In a file of its own, because the scheduler should not load the PDF code. */
export async function invoicesUndrawn(server: Server): Promise<boolean> {
  return (await findIds(server, invoices, { where: undrawn, limit: 1 })).length > 0;
}
