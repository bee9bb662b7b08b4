import type { BankFile } from './bank-file.ts';
import { roleOfHeading, type ColumnRole, type Columns } from './bank-headings.ts';
import { amountIn, dayIn, dayOrderOf, decimalOf, isCredit, isDebit } from './bank-values.ts';

/*
 * Which column of a bank's file means what. It is guessed from the headings and from what the columns contain. The user
 * confirms or corrects it.
 */

const share = (cells: readonly string[], fits: (cell: string) => boolean) =>
  cells.filter(fits).length / Math.max(1, cells.length);

/** Guesses what each column means. */
export function guessColumns({ heads, width, rows }: BankFile): Columns {
  const column = (at: number) => rows.map(({ cells }) => (cells[at] ?? '').trim());
  const all = Array.from({ length: width }, (_, at) => at);
  const roleAt = (at: number) => (heads ? roleOfHeading(heads[at] ?? '') : null);
  const filled = (at: number) => column(at).filter((cell) => cell !== '');
  const isDays = (at: number) =>
    share(column(at), (cell) => dayIn(cell, dayOrderOf(column(at))) !== null) > 0.5;
  const isAmounts = (at: number) => {
    const cells = filled(at);
    const decimal = decimalOf(cells) ?? ',';
    return cells.length > 0 && share(cells, (cell) => amountIn(cell, decimal) !== null) > 0.7;
  };
  const first = (role: ColumnRole, fits: (at: number) => boolean = () => true) =>
    all.find((at) => roleAt(at) === role && fits(at)) ?? null;

  const day = first('day', isDays) ?? first('otherDay', isDays) ?? all.find(isDays) ?? null;
  const credit = first('credit', isAmounts);
  const debit = first('debit', isAmounts);
  const isFull = (at: number) => isAmounts(at) && filled(at).length > rows.length * 0.7;
  const hasBoth = credit !== null && debit !== null;
  const amount = hasBoth
    ? null
    : (first('amount', isFull) ?? (heads ? null : amountWithoutHeading(all, column, isFull)));
  const isMarks = (at: number) =>
    filled(at).length > 0 && share(column(at), (cell) => isDebit(cell) || isCredit(cell)) > 0.7;
  return {
    day,
    amount,
    credit: amount === null ? credit : null,
    debit: amount === null ? debit : null,
    mark: first('mark', isMarks) ?? all.find((at) => amount !== null && isMarks(at)) ?? null,
    currency: currencyBeside(amount ?? credit, all, column),
    status: first('status', (at) => new Set(filled(at)).size > 0 && !isAmounts(at)),
    payer: first('payer', (at) => filled(at).length > 0 && new Set(filled(at)).size > 1),
  };
}

/** Without headings: the column that is the difference of two others (the balances before and after it). */
function amountWithoutHeading(
  all: readonly number[],
  column: (at: number) => string[],
  isAmounts: (at: number) => boolean,
): number | null {
  const numbers = all.filter((at) => isAmounts(at) && column(at).some((cell) => /[.,]/.test(cell)));
  const rowCount = column(0).length;
  const values = new Map(
    numbers.map((at) => [at, column(at).map((cell) => amountIn(cell, decimalOf(column(at)) ?? ','))]),
  );
  const most = rowCount * 0.6;
  const value = (at: number, row: number) => values.get(at)?.[row] ?? null;
  const rowsWhere = (fits: (row: number) => boolean) =>
    Array.from({ length: rowCount }, (_, row) => row).filter(fits).length > most;
  const isDifference = (at: number, before: number, after: number) =>
    rowsWhere((row) => {
      const [amount, from, to] = [value(at, row), value(before, row), value(after, row)];
      return amount !== null && from !== null && to !== null && to - from === amount;
    });
  /** The balance after a row is the balance before the next one, whatever the order of the rows. */
  const isChain = (before: number, after: number) =>
    rowsWhere((row) => value(after, row) !== null && value(after, row) === value(before, row + 1)) ||
    rowsWhere((row) => value(before, row) !== null && value(before, row) === value(after, row + 1));
  const found = numbers.find((at) =>
    numbers.some((before) =>
      numbers.some((after) => isDifference(at, before, after) && isChain(before, after)),
    ),
  );
  const signed = numbers.find((at) => values.get(at)?.some((each) => (each ?? 0) < 0));
  return found ?? signed ?? numbers[0] ?? null;
}

/** The column of currency codes (ISO 4217) nearest to the amount. Without one, the file has one currency. */
function currencyBeside(
  amount: number | null,
  all: readonly number[],
  column: (at: number) => string[],
): number | null {
  const isCurrency = (at: number) => share(column(at), (cell) => /^[A-Z]{3}$/.test(cell)) > 0.7;
  const distance = (at: number) => Math.abs(at - (amount ?? 0)) + (at < (amount ?? 0) ? 0.5 : 0);
  return all.filter(isCurrency).toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
}
