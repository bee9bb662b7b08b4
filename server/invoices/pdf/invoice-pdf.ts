import type { BillingIdentity } from '#shared/billing/billing-identity.ts';
import type { Column, Content, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js';
import { addDays } from '#shared/billing/day.ts';
import { epcPayload } from '#shared/invoices/epc.ts';
import { formatMoney } from '#shared/billing/money.ts';
import { qrCanvas } from './qr-canvas.ts';
import { printedDay, shortDay, words, type Words } from './invoice-words.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { Seller } from '#shared/settings/seller.ts';

const ink = '#16181d';
const muted = '#5b6270';
const accent = '#0f6b5c';
const hairline = '#d9dde2';
const margin = 48;
/** 34 mm in points. */
const codeSide = 97;

type Margins = [left: number, top: number, right: number, bottom: number];
const label = { color: muted, fontSize: 8 };

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
        { text: `${seller} · ${number}`, ...label },
        { text: t.page(page, pages), ...label, alignment: 'right' },
      ],
    }),
    content: [
      head(invoice, logo),
      ...correctionNote(invoice),
      {
        margin: [0, 28, 0, 24],
        columns: [party(t.from, sellerLines(invoice.seller, t)), party(t.to, buyerLines(invoice.buyer, t))],
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
  const name: Content = { text: invoice.seller?.name ?? '', fontSize: 20, bold: true, color: accent };
  const brand: Content = logo
    ? { image: `data:image/png;base64,${logo.toString('base64')}`, fit: [180, 56] }
    : name;
  const due = invoice.dueDate
    ? [{ text: `${t.due} ${printedDay(invoice.dueDate, invoice)}`, color: muted }]
    : [];
  return {
    columns: [
      ...taxOfficeCode(invoice),
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
      width: 124,
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
    { text: invoice.reason, color: muted },
  ];
}

function party(title: string, lines: string[]): Content {
  return {
    stack: [
      { text: title, ...label, margin: [0, 0, 0, 4] },
      ...lines.map((text, i) => ({ text, bold: i === 0, margin: [0, 0, 16, 0] as Margins })),
    ],
  };
}

function sellerLines(seller: Seller | null, t: Words): string[] {
  if (!seller) return [];
  const place = `${seller.postcode} ${seller.city}, ${seller.country}`;
  return [seller.name, seller.street, place, ...numbers(seller, t), seller.email];
}

function buyerLines(buyer: BillingIdentity | null, t: Words): string[] {
  if (!buyer) return [];
  const place = `${buyer.postcode} ${buyer.city}, ${buyer.country}`;
  return [buyer.legalName, buyer.street, place, ...numbers(buyer, t)];
}

function numbers({ taxNumber, vatNumber }: { taxNumber: string; vatNumber: string }, t: Words): string[] {
  return [
    ...(taxNumber ? [`${t.taxNumber} ${taxNumber}`] : []),
    ...(vatNumber && vatNumber !== taxNumber ? [`${t.vatNumber} ${vatNumber}`] : []),
  ];
}

/** The columns for quantity and price appear only if a line has a quantity other than 1. */
function lineTable({ lines, currency, language }: Invoice): Content {
  const t = words[language];
  const money = (amount: number) => formatMoney(amount, currency, language);
  const hasQuantities = lines.some(({ quantity }) => quantity !== 1);
  const cell = (text: string, alignment: 'left' | 'right' = 'left'): TableCell => ({ text, alignment });
  const heads: [string, 'left' | 'right'][] = [
    [t.service, 'left'],
    [t.period, 'left'],
    ...(hasQuantities
      ? ([
          [t.quantity, 'right'],
          [t.price, 'right'],
        ] as [string, 'right'][])
      : []),
    [t.amount, 'right'],
  ];
  const body = lines.map(({ text, from, to, quantity, unitPrice, amount }) => [
    cell(text),
    { text: from && to ? `${shortDay(from)} – ${shortDay(addDays(to, -1))}` : '', color: muted },
    ...(hasQuantities ? [cell(String(quantity), 'right'), cell(money(unitPrice), 'right')] : []),
    cell(money(amount), 'right'),
  ]);
  const last = heads.length - 1;
  return {
    table: {
      headerRows: 1,
      widths: ['*', 'auto', ...(hasQuantities ? ['auto', 'auto'] : []), 80],
      body: [heads.map(([text, alignment]) => ({ text, alignment, ...label })), ...body],
      dontBreakRows: true,
    },
    layout: {
      hLineWidth: (i: number) => (i === 0 ? 0 : 0.5),
      vLineWidth: () => 0,
      hLineColor: () => hairline,
      paddingTop: () => 6,
      paddingBottom: () => 6,
      paddingLeft: (i: number) => (i === 0 ? 0 : 8),
      paddingRight: (i: number) => (i === last ? 0 : 8),
    },
  };
}

function totals(invoice: Invoice): Content {
  const t = words[invoice.language];
  const money = (amount: number) => formatMoney(amount, invoice.currency, invoice.language);
  const percent = (hundredths: number) =>
    new Intl.NumberFormat(invoice.language, { maximumFractionDigits: 2 }).format(hundredths / 100);
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
  return [...new Set(reasons)].map((text) => ({ text, margin: [0, 16, 0, 0], color: muted }));
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
          width: 110,
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
  return [
    {
      unbreakable: true,
      margin: [0, 32, 0, 0],
      columns: [
        {
          width: '*',
          stack: [{ text: t.pay, ...label, margin: [0, 0, 0, 4] }, { text: invoice.paymentText }, ...account],
        },
        ...scan,
      ],
    },
  ];
}
