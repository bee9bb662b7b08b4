import { Op } from 'sequelize';
import { findDocuments } from '#sync/server/row.ts';
import { countTry } from '../../people/throttle.ts';
import { checkPng, readLogo } from '../../settings/logo.ts';
import { drawPdf } from './draw-pdf.ts';
import { invoicePdf } from './invoice-pdf.ts';
import { undrawn } from './undrawn.ts';
import { storeFile } from '../../files/stored-files.ts';
import { type Server, transact, jobWriter } from '../../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

/** An invoice that ended its worker so often waits for a quarter of an hour, so that the others are drawn. */
const mostTries = 3;
/** How many invoices, with everything that they print, are in memory at once. */
const batchSize = 50;

/**
 * Draws and stores the PDF of every issued invoice that has none. This happens once per invoice, after the transaction
 * that issued it. If an invoice cannot be drawn, the others still are; the next run tries it again.
 *
 * @returns number of PDFs drawn
 */
export async function drawInvoices(server: Server): Promise<number> {
  let drawn = 0;
  const failed: string[] = [];
  for (;;) {
    const where = { ...undrawn, id: { [Op.notIn]: failed } };
    const found = await findDocuments(server, invoices, { where, order: ['number'], limit: batchSize });
    if (found.length === 0) return drawn;
    for (const invoice of found) {
      try {
        await countTry(server, { name: `drawing ${invoice.id}`, most: mostTries });
        drawn += await drawInvoice(server, invoice);
      } catch (error) {
        failed.push(invoice.id);
        server.log.error({ invoice: invoice.number, error }, 'an invoice could not be drawn');
      }
    }
  }
}

/** The frozen logo. One that no program can decode, stored before logos were checked so far, is left out. */
async function logoOf(server: Server, { number, logo }: Invoice): Promise<Buffer | null> {
  const png = await readLogo(server, logo);
  try {
    if (png) checkPng(png);
    return png;
  } catch (error) {
    server.log.error({ invoice: number, logo, error }, 'the logo of an invoice cannot be drawn');
    return null;
  }
}

/** Sets the hash under a lock on the invoice, so that two workers for the same invoice store only one file. */
async function drawInvoice(server: Server, invoice: Invoice): Promise<number> {
  const bytes = await drawPdf(invoicePdf(invoice, await logoOf(server, invoice)));
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
