import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { formatMoney } from '#shared/billing/money.ts';
import { epcPayload } from '#shared/invoices/epc.ts';
import { cpuMs, sample } from './sample.ts';
import type { Invoice } from '#shared/invoices/schema.ts';

type Kit = {
  on: (event: 'data' | 'end', listener: (part: Buffer) => void) => Kit;
  registerFont: (name: string, font: Buffer) => Kit;
  font: (name: string) => Kit;
  fontSize: (size: number) => Kit;
  fillColor: (colour: string) => Kit;
  text: (...args: [text: string, x: number, y: number, options?: Record<string, unknown>]) => Kit;
  moveTo: (x: number, y: number) => Kit;
  lineTo: (x: number, y: number) => Kit;
  rect: (...args: [x: number, y: number, width: number, height: number]) => Kit;
  lineWidth: (width: number) => Kit;
  stroke: (colour: string) => Kit;
  fill: (colour: string) => Kit;
  end: () => void;
};
type QrCode = { create: (text: string, options: object) => { modules: { size: number; data: Uint8Array } } };

const require = createRequire(import.meta.url);
const PDFDocument = require('pdfkit') as new (options: object) => Kit; // a dependency of pdfmake, without types
const qrcode = require('qrcode') as QrCode;

const font = (style: string) => readFileSync(require.resolve(`pdfmake/fonts/Roboto/Roboto-${style}.ttf`));
const [regular, bold] = [font('Regular'), font('Medium')];

/**
 * The mean CPU time of one document, in milliseconds, after the code is compiled.
 *
 * @param times the number of documents to measure
 */
export async function pdfkitMs(times: number): Promise<number> {
  const invoice = sample();
  await cpuMs(() => drawByPdfkit(invoice), times);
  return (await cpuMs(() => drawByPdfkit(invoice), times)) / times;
}

/** Prints the same invoice at fixed positions: the least that such a PDF can cost with this library. */
export function drawByPdfkit(invoice: Invoice): Promise<Buffer> {
  return new Promise((done) => {
    const parts: Buffer[] = [];
    const kit = new PDFDocument({ size: 'A4', margin: 48 });
    kit.on('data', (part) => parts.push(part)).on('end', () => done(Buffer.concat(parts)));
    kit.registerFont('regular', regular).registerFont('bold', bold);
    const money = (amount: number) => formatMoney(amount, invoice.currency, invoice.language);
    const right = (text: string, y: number, font = 'regular') =>
      kit.font(font).fontSize(10).text(text, 348, y, { width: 200, align: 'right' });
    const { seller, buyer } = invoice;
    kit
      .fillColor('#0f6b5c')
      .font('bold')
      .fontSize(20)
      .text(seller?.name ?? '', 48, 64);
    kit.fillColor('#16181d');
    right(`Invoice ${invoice.number ?? ''}`, 64, 'bold');
    right(`Date ${invoice.date ?? ''}`, 80);
    right(`To be paid by ${invoice.dueDate ?? ''}`, 94);
    for (const [x, party] of [
      [48, seller && { ...seller, name: seller.name }],
      [298, buyer && { ...buyer, name: buyer.legalName }],
    ] as const) {
      if (!party) continue;
      kit.font('bold').fontSize(10).text(party.name, x, 150);
      kit.font('regular').text(party.street, x, 164);
      kit.text(`${party.postcode} ${party.city}, ${party.country}`, x, 178);
      kit.text(`Tax number ${party.taxNumber}`, x, 192);
    }
    let y = 240;
    for (const line of invoice.lines) {
      kit.font('regular').text(line.text, 48, y);
      kit.text(`${line.from ?? ''} – ${line.to ?? ''}`, 248, y);
      right(money(line.amount), y);
      kit
        .moveTo(48, y + 16)
        .lineTo(547, y + 16)
        .lineWidth(0.5)
        .stroke('#d9dde2');
      y += 24;
    }
    right(`Net ${money(invoice.net)}`, y + 10);
    right(`VAT 21 % ${money(invoice.tax)}`, y + 24);
    right(`Total ${money(invoice.total)}`, y + 38, 'bold');
    kit.font('regular').text(invoice.paymentText, 48, y + 80, { width: 300 });
    kit.text(`IBAN ${invoice.iban}`, 48, y + 110);
    const code = epcPayload(invoice);
    if (code) drawCode(kit, code, y + 80);
    kit.text(`${seller?.name ?? ''} · ${invoice.number ?? ''}`, 48, 770);
    kit.text('Page 1 of 1', 448, 770, { width: 100, align: 'right' });
    kit.end();
  });
}

function drawCode(kit: Kit, text: string, top: number): void {
  const { modules } = qrcode.create(text, { errorCorrectionLevel: 'M' });
  const side = 96 / modules.size;
  modules.data.forEach((dark, i) => {
    if (dark)
      kit.rect(450 + (i % modules.size) * side, top + Math.floor(i / modules.size) * side, side, side);
  });
  kit.fill('#16181d');
}
