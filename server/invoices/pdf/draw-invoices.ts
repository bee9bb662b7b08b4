import { Op } from 'sequelize';
import { findDocuments } from '#sync/server/row.ts';
import { readLogo } from '../../settings/logo.ts';
import { drawPdf } from './draw-pdf.ts';
import { invoicePdf } from './invoice-pdf.ts';
import { undrawn } from './undrawn.ts';
import { storeFile } from '../../files/stored-files.ts';
import { type Server, transact, jobWriter } from '../../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

/** Few enough to be in memory, with all that they print. */
const batch = 50;

/**
 * Draws the PDF of every issued invoice that has none, after the commit that issued it, once, and keeps it. One that
 * can't be drawn stops no other; it is tried again at the next look.
 *
 * @returns how many were drawn
 */
export async function drawInvoices(server: Server): Promise<number> {
  let drawn = 0;
  const failed: string[] = [];
  for (;;) {
    const where = { ...undrawn, id: { [Op.notIn]: failed } };
    const found = await findDocuments(server, invoices, { where, order: ['number'], limit: batch });
    if (found.length === 0) return drawn;
    for (const invoice of found) {
      try {
        drawn += await drawOne(server, invoice);
      } catch (error) {
        failed.push(invoice.id);
        server.log.error({ invoice: invoice.number, error }, 'an invoice could not be drawn');
      }
    }
  }
}

/** The hash is set under a lock on the invoice, so two workers at the same one end with one file. */
async function drawOne(server: Server, invoice: Invoice): Promise<number> {
  const bytes = await drawPdf(invoicePdf(invoice, await readLogo(server, invoice.logo)));
  const writer = jobWriter(server, 'draw-invoices');
  const { result } = await transact(server, writer, async (tx) => {
    const current = await tx.load(invoices, invoice.id);
    if (!current || current.pdfHash !== null) return 0;
    const fileName = `${invoice.number ?? invoice.id}.pdf`;
    const pdfHash = await storeFile(tx, { invoice: invoice.id, client: invoice.client, fileName, bytes });
    await tx.update(invoices, current, { pdfHash });
    server.atStep('drawing: file written, not committed');
    return 1;
  });
  server.atStep('drawing: committed');
  return result;
}
