/* eslint max-params: off -- small functions that write the cells of a test file */
import { entriesOf, randomOf, type Entry, type Kind, type Random, type What } from './test-bank-entries.ts';
import { joined, layouts, type About, type Layout } from './test-bank-formats.ts';

export { layouts };
export type ExpectedRow = {
  day: string;
  /** Minor units, credits positive. Of a foreign row: in its own currency. */
  amount: number;
  text: string;
  kind: Kind;
  what: What;
  invoice?: string;
  /** The row as it is in the file, without its line end. */
  raw: string;
  /** What is wrong with a broken row. */
  fault?: Fault;
};
export type BankFile = {
  name: string;
  currency: string;
  bytes: Uint8Array;
  rows: ExpectedRow[];
  sum: number;
};
type Fault = 'missing cell' | 'extra cell' | 'amount' | 'date';

const textKeys = ['type', 'who', 'iban', 'concept', 'ref', 'note', 'all'];
/**
 * One file of a bank. The same layout and seed give the same bytes. Rows are in the order of the file. `intact`: without
 * broken rows.
 */
export function bankFile(which: string | number, seed: number, intact = false): BankFile {
  const index = typeof which === 'number' ? which : layouts.findIndex(({ name }) => name === which);
  const layout = layouts[index];
  if (!layout) throw new Error(`no layout ${which}`);
  const { sep, number: n, date, trail, currency, oldestFirst } = layout;
  const r = randomOf(seed * 100 + index);
  const entries = entriesOf(r, layout.lang, { ...layout, pending: layout.pending !== undefined });
  const cols = layout.cols.split('|');
  const keys = cols.map((col) => /:([^:]*)$/.exec(col)?.[1] ?? '');
  const heads = cols.map((col) => col.replace(/:[^:]*$/, ''));
  if (intact) for (const entry of entries) if (entry.kind === 'broken') entry.kind = 'booked';
  const quote = (cell: string) =>
    layout.quoted || /["\n\r]/.test(cell) || cell.includes(sep) ? `"${cell.replaceAll('"', '""')}"` : cell;
  const line = (cells: string[], last: boolean) => cells.map(quote).join(sep) + (last ? sep : '');

  const opening = r.int(-50_000, 500_000);
  let balance = opening;
  const written = entries.map((entry) => {
    const start = balance;
    if (entry.kind === 'booked' || entry.kind === 'broken') balance += entry.amount;
    const cells = keys.map((key) => cellOf(layout, r, entry, key, start, balance));
    const text = joined(cells.filter((_, i) => textKeys.includes(keys[i] ?? '')));
    const { day, amount, kind, what, invoice } = entry;
    const fault = kind === 'broken' ? damage(r, cells, keys, date) : undefined;
    const raw = line(cells, trail !== undefined);
    const row: ExpectedRow = { day, amount, text, kind, what, raw };
    if (invoice) row.invoice = invoice;
    if (fault) row.fault = fault;
    return row;
  });
  const rows = oldestFirst ? written : written.toReversed();
  const sum = rows.reduce((total, { kind, amount }) => total + (kind === 'booked' ? amount : 0), 0);

  const [from, to] = [date(entries[0]?.day ?? ''), date(entries.at(-1)?.day ?? '')];
  const total = n(balance - opening);
  const about: About = { from, to, start: n(opening), end: n(balance), sum: total, count: rows.length };
  const extra = (lines: string[][] | undefined) =>
    (lines ?? []).map((cells) => (cells.length === 0 ? '' : line(cells, trail === 'lines')));
  const heading = layout.headless ? [] : [line(heads, trail === 'lines')];
  const lines = [
    ...extra(layout.before?.(about)),
    ...heading,
    ...rows.map(({ raw }) => raw),
    ...extra(layout.after?.(about)),
  ];
  const bytes = encode(lines.map((each) => each + layout.eol).join(''), layout.enc);
  return { name: `${layout.name}-${seed}.csv`, currency, bytes, rows, sum };
}

function cellOf(
  { number: n, date, pending, all }: Layout,
  r: Random,
  entry: Entry,
  key: string,
  start: number,
  end: number,
): string {
  const { amount, kind, currency, other, original } = entry;
  const counted = kind === 'booked' || kind === 'broken';
  if (key.startsWith('=')) return key.slice(1);
  if (key === 'day') return kind === 'pending' && pending?.undated ? '' : date(entry.day);
  if (key === 'value') return date(entry.value);
  if (key === 'made') return date(kind === 'pending' ? entry.day : entry.made);
  if (key === 'amount') return n(amount);
  if (key === 'abs') return n(Math.abs(amount));
  if (key === 'mark') return amount < 0 ? 'S' : 'H';
  if (key === 'credit') return amount > 0 ? n(amount) : '';
  if (key === 'debit') return amount < 0 ? n(-amount) : '';
  if (key === '-debit') return amount < 0 ? n(amount) : '';
  if (key === 'start') return n(start);
  if (key === 'bal') return counted ? n(end) : '';
  if (key === 'bal+') return end >= 0 ? n(end) : '';
  if (key === 'bal-') return end < 0 ? n(-end) : '';
  if (key === 'cur') return currency;
  if (key === 'ocur') return other?.currency ?? currency;
  if (key === 'oamount') return n(other?.amount ?? amount);
  if (key === 'oabs') return n(Math.abs(other?.amount ?? amount));
  if (key === 'original') return original === undefined ? '' : n(original);
  if (key === 'status') return kind === 'pending' ? r.of(pending?.not ?? ['']) : (pending?.booked ?? '');
  if (key === 'id') return `tx-${r.int(1e8, 1e9)}`;
  if (key === 'code') return amount < 0 ? '12' : '02';
  if (key === 'all') return all?.(entry) ?? '';
  return textKeys.includes(key) ? entry[key as 'type'] : '';
}

/** Damages a row in one way. Changes `cells`. */
function damage(r: Random, cells: string[], keys: string[], date: (day: string) => string): Fault {
  const fault = r.of(['missing cell', 'extra cell', 'amount', 'date'] as const);
  const amounts = keys.flatMap((key, i) =>
    ['amount', 'abs', 'debit', '-debit', 'credit'].includes(key) && cells[i] ? [i] : [],
  );
  if (fault === 'missing cell') cells.splice(r.int(1, amounts[0] ?? 1) - 1, 1);
  if (fault === 'extra cell') cells.splice(r.int(1, cells.length - 1), 0, r.of(['', 'x', '12']));
  const unreadable = r.of(['n/d', '', '########', '1.2E+04x']);
  if (fault === 'amount') for (const at of amounts) cells[at] = unreadable;
  if (fault === 'date') cells[keys.indexOf('day')] = r.of(['n/d', date('2026-02-31'), date('2026-00-00')]);
  return fault;
}

function encode(text: string, enc: Layout['enc']): Uint8Array {
  if (enc === 'utf16le') return Uint8Array.from([0xff, 0xfe, ...Buffer.from(text, 'utf16le')]);
  if (enc === 'utf8' || enc === 'utf8bom')
    return new TextEncoder().encode((enc === 'utf8bom' ? '\uFEFF' : '') + text);
  return Uint8Array.from(text, (letter) => {
    const code = letter === '€' && enc === 'cp1252' ? 0x80 : letter.charCodeAt(0);
    if (code > 255) throw new Error(`${letter} is not in ${enc}`);
    return code;
  });
}
