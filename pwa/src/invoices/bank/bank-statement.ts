import type { Day } from '#shared/billing/day.ts';
import type { Columns } from './bank-headings.ts';
import type { BankFile, FileRow } from './bank-file.ts';
import { amountIn, dayIn, dayOrderOf, decimalOf, isDebit } from './bank-values.ts';

/*
 * The lines of a bank statement. No row of the file is lost: each one came in, went out, is not booked yet, is in another
 * currency, is a total of the bank, or is listed as not understood.
 */

/** One booked line. The key stays the same when the same or an overlapping file is read again. */
export type StatementLine = { key: string; day: Day; amount: number; payer: string; text: string };
/** A row that is no booked line. `text`: its cells. */
export type OtherRow = {
  line: number;
  text: string;
  why: 'cells' | 'day' | 'amount' | 'pending' | 'foreign' | 'total';
};
export type Statement = { lines: StatementLine[]; others: OtherRow[] };

const notBooked = /pend|vorgemerkt|revert|declin|cancel|anulad|fail|retenid|rechaz|process|preview/i;
const totals =
  /^(?:total(?:es)?|saldo(?: (?:inicial|final|anterior|actual))?|anfangssaldo|endsaldo|kontostand|(?:opening|closing|final) balance)\b/i;

/** Reads all rows by their columns. @param currency of this installation, such as EUR */
export async function readStatement(
  { rows, odd, width }: BankFile,
  columns: Columns,
  currency: string,
): Promise<Statement> {
  const cellOf = ({ cells }: FileRow, at: number | null) => (at === null ? '' : (cells[at] ?? '').trim());
  const columnOf = (at: number | null) => (at === null ? [] : rows.map((row) => cellOf(row, at)));
  const order = dayOrderOf(columnOf(columns.day));
  const amountColumns = [columns.amount, columns.credit, columns.debit];
  const decimal = decimalOf(amountColumns.flatMap(columnOf));
  const mapped = [columns.day, ...amountColumns, columns.mark, columns.currency, columns.status];
  const textColumns = textsOf({ rows, width, mapped });

  const amountOf = (row: FileRow): number | null => {
    if (columns.amount !== null) {
      const amount = amountIn(cellOf(row, columns.amount), decimal);
      return amount !== null && isDebit(cellOf(row, columns.mark)) ? -Math.abs(amount) : amount;
    }
    const [credit, debit] = [cellOf(row, columns.credit), cellOf(row, columns.debit)];
    const [came, went] = [credit, debit].map((cell) => (cell === '' ? 0 : amountIn(cell, decimal)));
    if (came == null || went == null || (credit === '' && debit === '')) return null;
    // Some banks write zeros into the empty column, and some write debits with a minus.
    return came !== 0 && went !== 0 ? null : Math.abs(came) - Math.abs(went);
  };

  const reasonAgainst = (row: FileRow, day: Day | null, amount: number | null): OtherRow['why'] | null => {
    if (isTotal(row)) return 'total';
    const rowCurrency = cellOf(row, columns.currency);
    if (rowCurrency !== '' && rowCurrency.toUpperCase() !== currency) return 'foreign';
    if (notBooked.test(cellOf(row, columns.status))) return 'pending';
    if (day === null) return 'day';
    return amount === null ? 'amount' : null;
  };

  const lines: StatementLine[] = [];
  const others: OtherRow[] = odd.map((row) => other(row, isTotal(row) ? 'total' : 'cells'));
  const seen = new Map<string, number>();
  for (const row of rows) {
    const day = dayIn(cellOf(row, columns.day), order);
    const amount = amountOf(row);
    const why = reasonAgainst(row, day, amount);
    if (why || day === null || amount === null) {
      others.push(other(row, why ?? 'amount'));
      continue;
    }
    const payer = cellOf(row, columns.payer);
    const text = textColumns
      .filter((at) => at !== columns.payer)
      .map((at) => cellOf(row, at).replace(/\s+/g, ' '))
      .filter(Boolean)
      .join(' ');
    const content = JSON.stringify([day, amount, payer, text]);
    // Two identical rows on one day are two payments, so the key includes a counter.
    const nth = (seen.get(content) ?? 0) + 1;
    seen.set(content, nth);
    lines.push({ key: await hash(`${content} ${nth}`), day, amount, payer, text });
  }
  return { lines, others: others.toSorted((a, b) => a.line - b.line) };
}

const isTotal = ({ cells }: FileRow) => cells.some((cell) => totals.test(cell.trim()) && cell.length < 40);

const other = ({ line, cells }: FileRow, why: OtherRow['why']): OtherRow => ({
  line,
  text: cells
    .map((cell) => cell.trim())
    .filter(Boolean)
    .join(' · ')
    .slice(0, 300),
  why,
});

/** Every column with words: the invoice number may be in any of them. */
function textsOf({
  rows,
  width,
  mapped,
}: {
  rows: FileRow[];
  width: number;
  mapped: (number | null)[];
}): number[] {
  const hasWords = (at: number) => rows.some(({ cells }) => /\p{L}.*\p{L}|\p{L}.*\d/u.test(cells[at] ?? ''));
  const varies = (at: number) =>
    rows.length < 3 || new Set(rows.map(({ cells }) => cells[at] ?? '')).size > 1;
  return Array.from({ length: width }, (_, at) => at).filter(
    (at) => !mapped.includes(at) && hasWords(at) && varies(at),
  );
}

async function hash(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
