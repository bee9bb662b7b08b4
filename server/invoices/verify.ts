import { Op, QueryTypes } from 'sequelize';
import { openOf, statusOf } from '#shared/invoices/balance.ts';
import { correctionTotals } from '#shared/invoices/corrections.ts';
import { totalsOf } from '#shared/invoices/totals.ts';
import { findDocument, findDocuments, findIds } from '#sync/server/row.ts';
import { findRow, findRows } from '../models/rows.ts';
import { readLogo } from '../settings/logo.ts';
import { bytesOf } from '../files/stored-files.ts';
import { verifyVerifactu } from './verifactu/verify.ts';
import { Fault } from './chain-fault.ts';
import { contentHash, printedFields, sha256, type IssueRecord } from './issue-records.ts';
import type { Server } from '../context.ts';
import { files } from '#shared/files/schema.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

export type VerifyResult = {
  invoices: number;
  records: number;
  charges: number;
  files: number;
  undrawn: number;
};

const batchSize = 500;

/**
 * Reads everything that was issued and checks it: numbers without gaps, the hash chain, each record against its
 * invoice, totals against lines, status against payments and corrections, charges against lines and each other, every
 * PDF against its hash.
 *
 * @throws Fault with the first difference
 */
export async function verifyInvoices(server: Server): Promise<VerifyResult> {
  const numbers = await verifyNumbers(server);
  const records = await verifyChain(server);
  if (records.size !== numbers)
    throw new Fault(`${numbers} invoices were issued, but ${records.size} have a record`);
  const result: VerifyResult = { invoices: numbers, records: records.size, charges: 0, files: 0, undrawn: 0 };
  for (let last = ''; ;) {
    const issued = await findDocuments(server, invoices, {
      where: { number: { [Op.ne]: null }, id: { [Op.gt]: last } },
      order: ['id'],
      limit: batchSize,
    });
    for (const invoice of issued) {
      verifyRecord(invoice, records.get(invoice.id));
      await verifyTotals(server, invoice);
      await verifyCurrent(server, invoice);
      await verifyFile(server, invoice, result);
      last = invoice.id;
    }
    if (issued.length < batchSize) break;
  }
  result.charges = await verifyCharges(server);
  await verifyVerifactu(server);
  return result;
}

/** Checks that the numbers of each series and year have no gap. @returns how many numbers there are */
async function verifyNumbers(server: Server): Promise<number> {
  const rows = await findRows(server.models.series, { order: ['code', 'year'] });
  let all = 0;
  for (const { code, year, firstNumber, lastNumber: last } of rows) {
    const issued = await server.db.query<{ number: string }>(
      'SELECT number FROM invoices WHERE number LIKE ? ORDER BY number',
      { replacements: [`${code}${year}-%`], type: QueryTypes.SELECT },
    );
    let next = firstNumber;
    for (const { number } of issued) {
      const expected = `${code}${year}-${String(next).padStart(6, '0')}`;
      if (number !== expected) throw new Fault(`number ${expected} is missing`);
      next += 1;
    }
    if (last > 0 && next !== last + 1)
      throw new Fault(`number ${code}${year}-${String(next).padStart(6, '0')} is missing`);
    all += issued.length;
  }
  const issued = await server.models.invoices.count({ where: { number: { [Op.ne]: null } } });
  if (issued !== all) throw new Fault(`${issued - all} invoices have a number of no series`);
  return all;
}

async function verifyChain(server: Server): Promise<Map<string, IssueRecord>> {
  const byInvoice = new Map<string, IssueRecord>();
  const dates = new Map<string, string>();
  let [position, previous] = [0, ''];
  for (;;) {
    const rows = await findRows(server.models.records, {
      where: { position: { [Op.gt]: position } },
      order: ['position'],
      limit: batchSize,
    });
    for (const row of rows) {
      position += 1;
      if (row.position !== position) throw new Fault(`record ${position} of the chain is missing`);
      const record = JSON.parse(row.body) as IssueRecord; // compared below
      const where = `record ${position} (${record.number})`;
      if (sha256(row.body) !== row.hash) throw new Fault(`${where}: it was changed after it was written`);
      if (record.previous !== previous) throw new Fault(`${where}: it does not follow the record before`);
      const series = record.number.slice(0, 1);
      if (record.date < (dates.get(series) ?? ''))
        throw new Fault(`${where}: its date ${record.date} is before that of the number before`);
      dates.set(series, record.date);
      previous = row.hash;
      byInvoice.set(row.invoice, record);
    }
    if (rows.length < batchSize) break;
  }
  const counter = await findRow(server.models.counters, { where: { name: 'record' } });
  if (counter?.value !== position) throw new Fault(`record ${position + 1} of the chain is missing`);
  return byInvoice;
}

function verifyRecord(invoice: Invoice, record: IssueRecord | undefined): void {
  const { number } = invoice;
  if (!record) throw new Fault(`${number}: it has no record in the chain`);
  for (const [field, value] of Object.entries(printedFields(invoice))) {
    const recorded = record[field as keyof IssueRecord];
    if (recorded !== value)
      throw new Fault(`${number}: its ${field} is ${value}, but ${recorded} was issued`);
  }
  if (record.content !== '' && record.content !== contentHash(invoice))
    throw new Fault(`${number}: what it prints is not what was issued`);
}

async function verifyTotals(server: Server, invoice: Invoice): Promise<void> {
  const { number, net, tax, total } = invoice;
  const sums = invoice.corrects ? await correctedTotals(server, invoice) : totalsOf(invoice.lines);
  if (!sums || sums.net !== net || sums.tax !== tax || sums.total !== total)
    throw new Fault(`${number}: its totals are not those of its lines`);
}

async function correctedTotals(server: Server, invoice: Invoice) {
  const original = await findDocument(server, invoices, { where: { id: invoice.corrects } });
  if (!original) throw new Fault(`${invoice.number}: the invoice that it corrects is missing`);
  const earlier = await findDocuments(server, invoices, {
    where: { corrects: invoice.corrects, number: { [Op.lt]: invoice.number } },
  });
  const totals = earlier.map((each) => each.totals);
  return correctionTotals(original.totals, totals, invoice.lines);
}

async function verifyCurrent(server: Server, invoice: Invoice): Promise<void> {
  const { id, number } = invoice;
  const paid = Number((await server.models.payments.sum('amount', { where: { invoice: id } })) ?? 0);
  if (paid !== invoice.paid)
    throw new Fault(`${number}: ${invoice.paid} stands as paid, but payments add up to ${paid}`);
  const issued = { corrects: id, number: { [Op.ne]: null } };
  const corrected = Number((await server.models.invoices.sum('total', { where: issued })) ?? 0);
  if (corrected !== invoice.corrected)
    throw new Fault(
      `${number}: ${invoice.corrected} stands as corrected, but corrections add up to ${corrected}`,
    );
  const status = statusOf(invoice);
  if (status !== invoice.status)
    throw new Fault(
      `${number}: it stands as ${invoice.status}, but ${openOf(invoice)} is open, which is ${status}`,
    );
}

async function verifyFile(server: Server, invoice: Invoice, result: VerifyResult): Promise<void> {
  const { number, pdfHash, logo } = invoice;
  if (logo !== null && sha256((await readLogo(server, logo)) ?? '') !== logo)
    throw new Fault(`${number}: the logo that it prints is not the one it was issued with`);
  if (pdfHash === null) {
    result.undrawn += 1;
    return;
  }
  const where = { invoice: invoice.id, sha256: pdfHash, kind: 'invoice' };
  const [file] = await findIds(server, files, { where, limit: 1 });
  const bytes = file === undefined ? null : await bytesOf(server, file);
  if (!bytes || sha256(bytes) !== pdfHash)
    throw new Fault(`${number}: its PDF is not the one that was drawn`);
  result.files += 1;
}

/** Checks that charges of an order do not overlap, that each is a line of its invoice, and that each period line is a charge. */
async function verifyCharges(server: Server): Promise<number> {
  const [rows] = await server.db.query(
    `SELECT c.order_id AS \`order\`, c.from_day AS \`from\`, c.to_day AS \`to\`, c.amount, i.number, i.\`lines\`
       FROM charges c JOIN invoices i ON i.id = c.invoice ORDER BY c.order_id, c.from_day`,
  );
  type Row = { order: string; from: string; to: string; amount: string; number: string; lines: string };
  const charged = new Set<string>();
  let before: Row | null = null;
  for (const row of rows as Row[]) {
    if (before?.order === row.order && row.from < before.to)
      throw new Fault(
        `${row.number}: the charge from ${row.from} shares days with the one from ${before.from}`,
      );
    const lines = JSON.parse(row.lines) as Invoice['lines'];
    const { order, from, to } = row;
    if (
      !lines.some(
        (line) =>
          line.order === order && line.from === from && line.to === to && line.amount === Number(row.amount),
      )
    )
      throw new Fault(`${row.number}: the charge from ${from} is no line of it`);
    charged.add(`${order} ${from}`);
    before = row;
  }
  const issued = await server.db.query<{ number: string; lines: string }>(
    "SELECT number, `lines` FROM invoices WHERE number IS NOT NULL AND kind <> 'rectifying'",
    { type: QueryTypes.SELECT },
  );
  for (const { number, lines } of issued) {
    for (const { order, from } of JSON.parse(lines) as Invoice['lines']) {
      if (order && from && !charged.has(`${order} ${from}`))
        throw new Fault(`${number}: the charge of its line from ${from} is missing`);
    }
  }
  return rows.length;
}
