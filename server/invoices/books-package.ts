import { Readable } from 'node:stream';
import papaparse from 'papaparse';
import { Op } from 'sequelize';
import { ZipFile } from 'yazl';
import { euRates } from '#shared/billing/tax.ts';
import type { Day } from '#shared/billing/day.ts';
import { findDocuments } from '#sync/server/row.ts';
import { readStoredFile } from '../files/stored-files.ts';
import { view } from '#shared/rights.ts';
import type { Actor } from '#shared/people/actor.ts';
import type { Server } from '../context.ts';
import { type Payment, payments } from '#shared/invoices/payment-schema.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

/*
 * The package that an accountant hands on for a month or a quarter: everything issued and paid in these days as CSV, and
 * every PDF. The CSV follows RFC 4180, in UTF-8 with a byte order mark, so that spreadsheets show names correctly.
 * Amounts have a decimal point.
 */

type Row = Record<string, string | number>;
type Range = { from: Day; to: Day };

/** Streams the package as a ZIP. Only one PDF is in memory at a time. */
export async function packageOf(server: Server, actor: Actor, range: Range): Promise<NodeJS.ReadableStream> {
  const issued = (await issuedIn(server, range)).filter((each) => view(actor, 'invoices', each) !== null);
  const paid = await paidIn(server, range);
  const zip = new ZipFile();
  const csv = (name: string, heads: string[], rows: Row[]) =>
    zip.addBuffer(Buffer.from(`\uFEFF${csvOf(heads, rows)}`, 'utf8'), name, { mtime });
  csv('invoices.csv', invoiceHeads, issued.map(invoiceRow));
  csv('lines.csv', lineHeads, issued.flatMap(lineRows));
  csv('payments.csv', paymentHeads, paid.map(paymentRow));
  csv('vat.csv', vatHeads, vatRows(issued));
  csv('eu-sales.csv', euHeads, euRows(issued));
  const undrawn = issued.filter(({ pdfHash }) => pdfHash === null).map(({ number }) => number);
  if (undrawn.length > 0)
    zip.addBuffer(Buffer.from(`Not drawn yet: ${undrawn.join(', ')}\n`), 'NOT-COMPLETE.txt', { mtime });
  for (const { number, pdfHash } of issued) {
    if (pdfHash !== null) addFile(server, zip, { name: `pdf/${number}.pdf`, pdfHash });
  }
  zip.end();
  return zip.outputStream;
}

/** Adds a PDF that is read only when the ZIP reaches it, and is not kept in memory. */
function addFile(server: Server, zip: ZipFile, { name, pdfHash }: { name: string; pdfHash: string }): void {
  zip.addReadStreamLazy(name, { mtime, compress: false }, (callback) => {
    readStoredFile(server, pdfHash).then(
      (file) => {
        if (file) callback(null, Readable.from([file.bytes]));
        else callback(new Error(`${name} is not there`), Readable.from([]));
      },
      (error: unknown) => callback(error, Readable.from([])),
    );
  });
}

/** A fixed time for all files, so that the same days give the same bytes. */
const mtime = new Date(Date.UTC(2000, 0, 1));

async function issuedIn(server: Server, { from, to }: Range): Promise<Invoice[]> {
  return findDocuments(server, invoices, {
    where: { number: { [Op.ne]: null }, date: { [Op.between]: [from, to] } },
    order: ['number'],
  });
}

async function paidIn(server: Server, { from, to }: Range): Promise<(Payment & { number: string })[]> {
  const paid = await findDocuments(server, payments, {
    where: { day: { [Op.between]: [from, to] } },
    order: ['day', 'id'],
  });
  const theirs = await findDocuments(server, invoices, {
    where: { id: { [Op.in]: paid.map(({ invoice }) => invoice) } },
  });
  const numbers = new Map(theirs.map(({ id, number }) => [id, number]));
  return paid.map((payment) => ({ ...payment, number: numbers.get(payment.invoice) ?? '' }));
}

/**
 * Escapes what a spreadsheet would run as a formula (OWASP, CSV injection): at the beginning of a cell, and after every
 * character that a spreadsheet may take for the separator of cells. Amounts stay numbers.
 */
export function csvOf(heads: string[], rows: Row[]): string {
  const safe = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([head, cell]) => [head, withoutFormulas(cell)])),
  );
  return `${papaparse.unparse({ fields: heads, data: safe }, { newline: '\r\n' })}\r\n`;
}

function withoutFormulas(cell: string | number): string | number {
  if (typeof cell !== 'string' || /^-?\d+(?:\.\d+)?$/.test(cell)) return cell;
  return cell.replace(/(^|[,;|\t\r\n"])(\s*)(?=[=+\-@])/g, "$1$2'");
}

const euro = (minor: number) => (minor / 100).toFixed(2);

const invoiceHeads = [
  'number',
  'date',
  'due',
  'kind',
  'corrects',
  'client',
  'tax number',
  'VAT number',
  'country',
  'net',
  'tax',
  'total',
  'paid',
  'status',
  'currency',
  'pdf sha-256',
];
function invoiceRow(invoice: Invoice): Row {
  const { number, date, dueDate, kind, correctsNumber, buyer, net, tax, total, paid } = invoice;
  return {
    number: number ?? '',
    date: date ?? '',
    due: dueDate ?? '',
    kind,
    corrects: correctsNumber,
    client: buyer?.legalName ?? '',
    'tax number': buyer?.taxNumber ?? '',
    'VAT number': buyer?.vatNumber ?? '',
    country: buyer?.country ?? '',
    net: euro(net),
    tax: euro(tax),
    total: euro(total),
    paid: euro(paid),
    status: invoice.status,
    currency: invoice.currency,
    'pdf sha-256': invoice.pdfHash ?? '',
  };
}

const lineHeads = [
  'number',
  'date',
  'order',
  'text',
  'from',
  'to',
  'quantity',
  'unit price',
  'net',
  'tax percent',
  'tax category',
];
function lineRows({ number, date, lines }: Invoice): Row[] {
  return lines.map(({ orderNumber, text, from, to, quantity, unitPrice, amount, tax }) => ({
    number: number ?? '',
    date: date ?? '',
    order: orderNumber ?? '',
    text,
    from: from ?? '',
    to: to ?? '',
    quantity,
    'unit price': euro(unitPrice),
    net: euro(amount),
    'tax percent': euro(tax.percent),
    'tax category': tax.category,
  }));
}

const paymentHeads = ['day', 'invoice', 'amount', 'method', 'reference', 'source'];
function paymentRow({ day, number, amount, method, reference, source }: Payment & { number: string }): Row {
  return { day, invoice: number, amount: euro(amount), method, reference, source };
}

const vatHeads = ['country', 'tax of', 'tax category', 'tax percent', 'net', 'tax', 'invoices'];
/** VAT sums by the buyer's country, the tax's country, category and rate. */
function vatRows(invoices: readonly Invoice[]): Row[] {
  const parts = invoices.flatMap(({ buyer, seller, totals }) =>
    totals.map((total) => ({
      country: buyer?.country ?? '',
      of: total.rate.country ?? seller?.country ?? '',
      ...total,
    })),
  );
  const groups = Map.groupBy(
    parts,
    ({ country, rate }) =>
      `${country} ${rate.country ?? ''} ${rate.category} ${String(rate.percent).padStart(5, '0')}`,
  );
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]): Row[] => {
      const [first] = group;
      if (!first) return [];
      return [
        {
          country: first.country,
          'tax of': first.of,
          'tax category': first.rate.category,
          'tax percent': euro(first.rate.percent),
          net: euro(sum(group.map(({ net }) => net))),
          tax: euro(sum(group.map(({ tax }) => tax))),
          invoices: group.length,
        },
      ];
    });
}

const euHeads = ['country', 'VAT number', 'name', 'net', 'invoices'];
/** Services to businesses of other EU countries under reverse charge (recapitulative statement; Spain: modelo 349). */
function euRows(invoices: readonly Invoice[]): Row[] {
  const sales = invoices.flatMap(({ buyer, seller, totals }) => {
    const net = sum(totals.filter(({ rate }) => rate.category === 'AE').map((total) => total.net));
    const abroad = buyer && buyer.country !== seller?.country && Object.hasOwn(euRates, buyer.country);
    return abroad && net !== 0
      ? [{ country: buyer.country, vat: buyer.vatNumber, name: buyer.legalName, net }]
      : [];
  });
  const groups = Map.groupBy(sales, ({ country, vat }) => `${country} ${vat}`);
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]): Row[] => {
      const [first] = group;
      if (!first) return [];
      const net = euro(sum(group.map((each) => each.net)));
      return [
        { country: first.country, 'VAT number': first.vat, name: first.name, net, invoices: group.length },
      ];
    });
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, amount) => all + amount, 0);
}
