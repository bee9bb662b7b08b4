import type { BillingIdentity } from '#shared/billing/billing-identity.ts';
import type { Column, Content, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js';
import { epcPayload } from '#shared/invoices/epc.ts';
import { qrCanvas } from './qr-canvas.ts';
import {
  printedCountry,
  printedDay,
  printedMoney,
  printedNumber,
  words,
  type Words,
} from './invoice-words.ts';
import { lineTable } from './line-table.ts';
import { accent, ink, label, margin, muted, textWidth } from './page-style.ts';
import { isolated, setOneLine, setText } from './set-text.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { Language } from '#shared/settings/language.ts';
import type { Seller } from '#shared/settings/seller.ts';

/** Lengths in points. 34 mm. */
const codeSide = 97;
const taxCodeWidth = 124;
const scanWidth = 110;
/** The longest payment text that is kept on one page with its code. */
const keptTogether = 600;

type Margins = [left: number, top: number, right: number, bottom: number];

/**
 * Builds the definition of an invoice's PDF. A pure function of the frozen invoice and its frozen logo.
 *
 * @param logo PNG
 */
export function invoicePdf(invoice: Invoice, logo: Buffer | null): TDocumentDefinitions {
  const t = words[invoice.language];
  const number = invoice.number ?? '';
  const title = `${t.title[invoice.kind]} ${number}`;
  const seller = invoice.seller?.name ?? '';
  const half = textWidth / 2;
  return {
    pageSize: 'A4',
    pageMargins: [margin, margin + 16, margin, margin + 16],
    info: {
      title,
      author: seller,
      subject: invoice.description,
      creationDate: new Date(`${invoice.date ?? '2000-01-01'}T12:00:00Z`),
    },
    language: invoice.language,
    displayTitle: true, // PDF readers show the title instead of the file name
    defaultStyle: { font: 'Roboto', fontSize: 10, color: ink, lineHeight: 1.25 },
    // The first page already shows the title in large text.
    header: (page: number): Content =>
      page === 1 ? '' : { text: title, ...label, margin: [margin, 28, margin, 0] as Margins },
    footer: (page: number, pages: number): Content => ({
      margin: [margin, 16, margin, 0],
      columns: [
        { ...label, ...setOneLine(`${number} · ${seller}`, { width: half, size: label.fontSize }) },
        { text: t.page(page, pages), ...label, alignment: 'right' },
      ],
    }),
    content: [
      head(invoice, logo),
      ...correctionNote(invoice),
      {
        margin: [0, 28, 0, 24],
        columns: [party(t.from, sellerLines(invoice)), party(t.to, buyerLines(invoice))],
      },
      lineTable(invoice),
      totals(invoice),
      ...notes(invoice),
      ...payment(invoice),
    ],
  };
}

function head(invoice: Invoice, logo: Buffer | null): Content {
  const t = words[invoice.language];
  const code = taxOfficeCode(invoice);
  const width = (textWidth - (code.length > 0 ? taxCodeWidth : 0)) / 2;
  const name: Content = {
    ...setText(invoice.seller?.name ?? '', { width: width - 16, size: 20, isBold: true }),
    fontSize: 20,
    bold: true,
    color: accent,
  };
  const brand: Content = logo
    ? { image: `data:image/png;base64,${logo.toString('base64')}`, fit: [180, 56] }
    : name;
  const due = invoice.dueDate
    ? [{ text: `${t.due} ${printedDay(invoice.dueDate, invoice)}`, color: muted }]
    : [];
  return {
    columns: [
      ...code,
      { stack: [brand] },
      {
        stack: [
          { text: `${t.title[invoice.kind]} ${invoice.number ?? ''}`, fontSize: 14, bold: true },
          { text: `${t.date} ${printedDay(invoice.date, invoice)}`, color: muted },
          ...due,
        ],
        alignment: 'right',
      },
    ],
  };
}

/**
 * The QR code of the Spanish tax office: top left, 30 to 40 mm, error correction M, with its legend. The text is in
 * Spanish in every language of the invoice. Source: Orden HAC/1177/2024, articles 20 and 21.
 */
function taxOfficeCode({ verifyUrl }: Invoice): Column[] {
  if (verifyUrl === '') return [];
  return [
    {
      width: taxCodeWidth,
      stack: [
        { text: 'QR tributario:', ...label, margin: [0, 0, 0, 4] },
        qrCanvas(verifyUrl, codeSide),
        { text: 'Factura verificable en la sede electrónica de la AEAT', ...label, margin: [0, 4, 12, 0] },
        { text: 'VERI*FACTU', ...label, bold: true },
      ],
    },
  ];
}

function correctionNote(invoice: Invoice): Content[] {
  if (!invoice.corrects) return [];
  const note = words[invoice.language].corrects(
    invoice.correctsNumber,
    printedDay(invoice.correctsDate, invoice),
  );
  return [
    { text: note, bold: true, margin: [0, 20, 0, 0] },
    { ...setText(invoice.reason, { width: textWidth }), color: muted },
  ];
}

function party(title: string, lines: string[]): Content {
  const gap = 16;
  return {
    stack: [
      { text: title, ...label, margin: [0, 0, 0, 4] },
      ...lines.map((text, i) => ({
        ...setText(text, { width: textWidth / 2 - gap, isBold: i === 0 }),
        bold: i === 0,
        margin: [0, 0, gap, 0] as Margins,
      })),
    ],
  };
}

function sellerLines({ seller, language }: Invoice): string[] {
  if (!seller) return [];
  const taxNumbers = numbers(seller, words[language]);
  return [seller.name, seller.street, place(seller, language), ...taxNumbers, seller.email];
}

function buyerLines({ buyer, language }: Invoice): string[] {
  if (!buyer) return [];
  return [buyer.legalName, buyer.street, place(buyer, language), ...numbers(buyer, words[language])];
}

function place({ postcode, city, country }: Seller | BillingIdentity, language: Language): string {
  return `${postcode} ${isolated(city)}, ${printedCountry(country, { language })}`;
}

function numbers({ taxNumber, vatNumber }: { taxNumber: string; vatNumber: string }, t: Words): string[] {
  return [
    ...(taxNumber ? [`${t.taxNumber} ${taxNumber}`] : []),
    ...(vatNumber && vatNumber !== taxNumber ? [`${t.vatNumber} ${vatNumber}`] : []),
  ];
}

function totals(invoice: Invoice): Content {
  const t = words[invoice.language];
  const money = (amount: number) => printedMoney(amount, invoice);
  const percent = (hundredths: number) => printedNumber(hundredths / 100, invoice);
  const row = (text: string, amount: number, strong = false): TableCell[] => [
    { text, color: strong ? ink : muted, bold: strong, alignment: 'right' },
    { text: money(amount), bold: strong, alignment: 'right' },
  ];
  const body = [
    row(t.net, invoice.net),
    ...invoice.totals.map(({ rate, net, tax }) => row(t.tax(percent(rate.percent), money(net)), tax)),
    row(t.total, invoice.total, true),
  ];
  return {
    margin: [0, 16, 0, 0],
    unbreakable: true,
    columns: [
      { text: '', width: '*' },
      { width: 'auto', layout: 'noBorders', table: { widths: ['auto', 80], body } },
    ],
  };
}

/** The reasons of the zero rates, each once. The reason of a reverse charge is printed in both languages. */
function notes(invoice: Invoice): Content[] {
  const reasons = invoice.totals.flatMap(({ rate: { reason, category } }) => {
    if (!reason) return [];
    return category === 'AE' ? [reason.en, reason.es] : [reason[invoice.language]];
  });
  return [...new Set(reasons)].map((text) => ({
    ...setText(text, { width: textWidth }),
    margin: [0, 16, 0, 0],
    color: muted,
  }));
}

/** How to pay: the provider's text, the account, and a QR code for banking apps. Empty if there is nothing to pay. */
function payment(invoice: Invoice): Content[] {
  const t = words[invoice.language];
  if (invoice.paymentText === '' && invoice.iban === '') return [];
  const iban = invoice.iban.replace(/(.{4})/g, '$1 ').trim();
  const code = epcPayload(invoice);
  const account = iban
    ? [{ text: `IBAN ${iban}\n${t.reference} ${invoice.number ?? ''}`, margin: [0, 6, 0, 0] as Margins }]
    : [];
  const scan: Column[] = code
    ? [
        {
          width: scanWidth,
          stack: [
            {
              columns: [
                { text: '', width: '*' },
                { width: codeSide, ...qrCanvas(code, codeSide) },
              ],
            },
            { text: t.scan, ...label, alignment: 'right', margin: [0, 4, 0, 0] },
          ],
        },
      ]
    : [];
  const width = textWidth - (code ? scanWidth : 0);
  return [
    {
      unbreakable: invoice.paymentText.length < keptTogether,
      margin: [0, 32, 0, 0],
      columns: [
        {
          width: '*',
          stack: [
            { text: t.pay, ...label, margin: [0, 0, 0, 4] },
            setText(invoice.paymentText, { width }),
            ...account,
          ],
        },
        ...scan,
      ],
    },
  ];
}
