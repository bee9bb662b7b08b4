import type { Content, TableCell } from 'pdfmake/interfaces.js';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { InvoiceLine } from '#shared/invoices/totals.ts';
import { printedMoney, printedNumber, printedPeriod, words } from './invoice-words.ts';
import { hairline, label, muted, textWidth } from './page-style.ts';
import { setText } from './set-text.ts';

/** Widths in points of the columns whose content is no wider. The texts get the rest. */
const columns = { period: 128, quantity: 58, price: 72, amount: 80 };

/** The columns for the period, and for quantity and price, appear only if a line has one, or a quantity other than 1. */
export function lineTable(invoice: Invoice): Content {
  const { lines, language } = invoice;
  const t = words[language];
  const shown = [
    ...(lines.some(({ from }) => from !== null) ? (['period'] as const) : []),
    ...(lines.some(({ quantity }) => quantity !== 1) ? (['quantity', 'price'] as const) : []),
    'amount' as const,
  ];
  const last = shown.length;
  const padding = 8;
  const others = shown.reduce((sum, column) => sum + columns[column], 0) + 2 * padding * last;
  const cells = (line: InvoiceLine): Record<keyof typeof columns, string> => ({
    period: line.from && line.to ? printedPeriod({ from: line.from, to: line.to }, invoice) : '',
    quantity: printedNumber(line.quantity, invoice),
    price: printedMoney(line.unitPrice, invoice),
    amount: printedMoney(line.amount, invoice),
  });
  const cell = (column: keyof typeof columns, text: string): TableCell => ({
    ...setText(text, { width: columns[column] }),
    ...(column === 'period' ? { color: muted } : { alignment: 'right' }),
  });
  const body = lines.map((line) => [
    { stack: [setText(line.text, { width: textWidth - others }), ...calculation(line, invoice)] },
    ...shown.map((column) => cell(column, cells(line)[column])),
  ]);
  const heads = [
    { text: t.service, ...label },
    ...shown.map((column) => ({
      text: t[column],
      alignment: column === 'period' ? ('left' as const) : ('right' as const),
      ...label,
    })),
  ];
  return {
    table: {
      headerRows: 1,
      widths: ['*', ...shown.map((column) => columns[column])],
      body: [heads, ...body],
      dontBreakRows: true,
    },
    layout: {
      hLineWidth: (i: number) => (i === 0 ? 0 : 0.5),
      vLineWidth: () => 0,
      hLineColor: () => hairline,
      paddingTop: () => 6,
      paddingBottom: () => 6,
      paddingLeft: (i: number) => (i === 0 ? 0 : padding),
      paddingRight: (i: number) => (i === last ? 0 : padding),
    },
  };
}

/** How a charge for a part of its period was calculated. */
function calculation({ prorated }: InvoiceLine, invoice: Invoice): Content[] {
  if (!prorated) return [];
  const price = printedMoney(prorated.price, invoice);
  const text = words[invoice.language].prorated(price, prorated.days, prorated.of);
  return [{ text, ...label }];
}
