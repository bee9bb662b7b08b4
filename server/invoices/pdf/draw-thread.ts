import type { Invoice } from '#shared/invoices/schema.ts';
import { drawPdf } from './draw-pdf.ts';
import { invoicePdf } from './invoice-pdf.ts';

export type DrawTask = { invoice: Invoice; logo: Uint8Array | null };

/** The work of a thread that draws (draw-invoices.ts). */
export default function draw({ invoice, logo }: DrawTask): Promise<Uint8Array> {
  return drawPdf(invoicePdf(invoice, logo && Buffer.from(logo)));
}
