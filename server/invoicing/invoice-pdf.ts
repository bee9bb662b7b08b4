import type { Content, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js';
import { formatMoney } from '#shared/billing/money.ts';
import { addDays } from '#shared/billing/day.ts';
import type { Invoice, Seller } from '#shared/collections/invoices.ts';
import type { BillingIdentity } from '#shared/collections/people.ts';

const words = {
  en: {
    title: 'Invoice',
    date: 'Date',
    due: 'To be paid by',
    to: 'Bill to',
    from: 'From',
    taxNumber: 'Tax number',
    vatNumber: 'VAT number',
    service: 'Service',
    period: 'Period',
    amount: 'Amount',
    net: 'Net',
    tax: 'VAT',
    total: 'Total',
    pay: 'Payment',
    reference: 'Reference',
    page: (n: number, of: number) => `Page ${n} of ${of}`,
  },
  es: {
    title: 'Factura',
    date: 'Fecha',
    due: 'A pagar antes del',
    to: 'Cliente',
    from: 'Emisor',
    taxNumber: 'NIF',
    vatNumber: 'NIF-IVA',
    service: 'Servicio',
    period: 'Periodo',
    amount: 'Importe',
    net: 'Base imponible',
    tax: 'IVA',
    total: 'Total',
    pay: 'Pago',
    reference: 'Concepto',
    page: (n: number, of: number) => `Página ${n} de ${of}`,
  },
};

const ink = '#16181d';
const muted = '#5b6270';
const accent = '#0f6b5c';

/** The definition of an invoice's PDF: a pure function of the frozen invoice. */
export function invoicePdf(invoice: Invoice): TDocumentDefinitions {
  const t = words[invoice.language];
  const number = invoice.number ?? '';
  return {
    pageSize: 'A4',
    pageMargins: [48, 48, 48, 64],
    info: {
      title: `${t.title} ${number}`,
      author: invoice.seller?.name ?? '',
      subject: invoice.description,
      creationDate: new Date(`${invoice.date ?? '2000-01-01'}T12:00:00Z`),
    },
    language: invoice.language,
    defaultStyle: { font: 'Roboto', fontSize: 10, color: ink, lineHeight: 1.25 },
    footer: (page: number, pages: number): Content => ({
      margin: [48, 16, 48, 0],
      columns: [
        { text: `${invoice.seller?.name ?? ''} · ${number}`, color: muted, fontSize: 8 },
        { text: t.page(page, pages), color: muted, fontSize: 8, alignment: 'right' },
      ],
    }),
    content: [
      {
        columns: [
          { text: invoice.seller?.name ?? '', fontSize: 20, bold: true, color: accent },
          {
            stack: [
              { text: `${t.title} ${number}`, fontSize: 14, bold: true },
              { text: `${t.date}: ${invoice.date ?? ''}`, color: muted },
              { text: `${t.due}: ${invoice.dueDate ?? ''}`, color: muted },
            ],
            alignment: 'right',
          },
        ],
      },
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

function party(title: string, lines: string[]): Content {
  return {
    stack: [
      { text: title, color: muted, fontSize: 8, margin: [0, 0, 0, 4] },
      ...lines.map((text) => ({ text })),
    ],
  };
}

type Words = (typeof words)['en'];

function sellerLines(seller: Seller | null, t: Words): string[] {
  if (!seller) return [];
  const place = `${seller.postcode} ${seller.city}, ${seller.country}`;
  return [seller.name, seller.street, place, ...numbers(seller, t), seller.email];
}

function buyerLines(buyer: BillingIdentity | null, t: Words): string[] {
  if (!buyer) return [];
  return [
    buyer.legalName,
    buyer.street,
    `${buyer.postcode} ${buyer.city}, ${buyer.country}`,
    ...numbers(buyer, t),
  ];
}

function numbers({ taxNumber, vatNumber }: { taxNumber: string; vatNumber: string }, t: Words): string[] {
  return [
    ...(taxNumber ? [`${t.taxNumber}: ${taxNumber}`] : []),
    ...(vatNumber ? [`${t.vatNumber}: ${vatNumber}`] : []),
  ];
}

function lineTable({ lines, currency, language }: Invoice): Content {
  const t = words[language];
  const head = (text: string, alignment: 'left' | 'right' = 'left'): TableCell => ({
    text,
    alignment,
    color: muted,
    fontSize: 8,
  });
  const body: TableCell[][] = lines.map((line) => [
    { text: line.text },
    { text: line.from && line.to ? `${line.from} – ${addDays(line.to, -1)}` : '', color: muted },
    { text: formatMoney(line.amount, currency, language), alignment: 'right' },
  ]);
  return {
    table: {
      headerRows: 1,
      widths: ['*', 'auto', 80],
      body: [[head(t.service), head(t.period), head(t.amount, 'right')], ...body],
      dontBreakRows: true,
    },
    layout: {
      hLineWidth: (i: number) => (i === 0 ? 0 : 0.5),
      vLineWidth: () => 0,
      hLineColor: () => '#d9dde2',
      paddingTop: () => 6,
      paddingBottom: () => 6,
      paddingLeft: (i: number) => (i === 0 ? 0 : 8),
      paddingRight: (i: number) => (i === 2 ? 0 : 8),
    },
  };
}

function totals(invoice: Invoice): Content {
  const t = words[invoice.language];
  const money = (amount: number) => formatMoney(amount, invoice.currency, invoice.language);
  const row = (label: string, amount: number, strong = false): TableCell[] => [
    { text: label, color: strong ? ink : muted, bold: strong, alignment: 'right' },
    { text: money(amount), bold: strong, alignment: 'right' },
  ];
  return {
    margin: [0, 16, 0, 0],
    columns: [
      { text: '', width: '*' },
      {
        width: 'auto',
        unbreakable: true,
        stack: [
          {
            layout: 'noBorders',
            table: {
              widths: ['auto', 80],
              body: [
                row(t.net, invoice.net),
                ...invoice.totals.map(({ rate, tax }) => row(`${t.tax} ${rate.percent / 100} %`, tax)),
                row(t.total, invoice.total, true),
              ],
            },
          },
        ],
      },
    ],
  };
}

/** Where a rate is 0, the reason, once each; for a reverse charge in both languages. */
function notes(invoice: Invoice): Content[] {
  const reasons = invoice.totals.flatMap(({ rate: { reason, category } }) => {
    if (!reason) return [];
    return category === 'AE' ? [reason.en, reason.es] : [reason[invoice.language]];
  });
  return [...new Set(reasons)].map((text) => ({ text, margin: [0, 16, 0, 0], color: muted }));
}

function payment(invoice: Invoice): Content[] {
  const t = words[invoice.language];
  if (invoice.paymentText === '' && invoice.iban === '') return [];
  const iban = invoice.iban.replace(/(.{4})/g, '$1 ').trim();
  return [
    {
      unbreakable: true,
      margin: [0, 32, 0, 0],
      stack: [
        { text: t.pay, color: muted, fontSize: 8, margin: [0, 0, 0, 4] },
        { text: invoice.paymentText },
        ...(iban
          ? [
              {
                text: `IBAN ${iban} · ${t.reference} ${invoice.number ?? ''}`,
                margin: [0, 4, 0, 0] as [number, number, number, number],
              },
            ]
          : []),
      ],
    },
  ];
}
