import { drawPdf } from '../../server/invoices/pdf/draw-pdf.ts';
import { invoicePdf } from '../../server/invoices/pdf/invoice-pdf.ts';
import { median, type Figure, type Size } from '../figure.ts';
import { drawByPdfkit } from './by-pdfkit.ts';
import { cpuMs, sample } from './sample.ts';

/** Compares our drawing of an invoice with pdfkit used directly, both with the same embedded fonts, in turns. */
const sizes = { full: { rounds: 12, each: 25 }, tiny: { rounds: 1, each: 3 } };

export async function run(size: Size, log: (text: string) => void): Promise<Figure[]> {
  const { rounds, each } = sizes[size];
  const invoice = sample();
  const ours = () => drawPdf(invoicePdf(invoice, null));
  const theirs = () => drawByPdfkit(invoice);
  log(`ours ${(await ours()).length} bytes, pdfkit ${(await theirs()).length} bytes`);
  const ratios: number[] = [];
  const perSecond: number[] = [];
  const milliseconds: number[] = [];
  for (let i = 0; i <= rounds; i += 1) {
    const [a, b] = [await cpuMs(ours, each), await cpuMs(theirs, each)];
    if (i === 0) continue; // the code is not compiled yet
    ratios.push(b / a);
    milliseconds.push(a / each);
    perSecond.push((each * 1_000) / a);
  }
  return [
    {
      name: 'documents a CPU second against pdfkit',
      value: median(ratios),
      unit: 'x',
      must: 2.5,
      goal: 3,
      better: 'higher',
    },
    { name: 'documents', value: median(perSecond), unit: '/CPU s', better: 'higher' },
    { name: 'CPU a document', value: median(milliseconds), unit: 'ms', better: 'lower' },
  ];
}
