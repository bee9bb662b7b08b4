import Papa from 'papaparse';
import { roleOfHeading } from './bank-headings.ts';

/* A bank's file as a table: headings, and rows with the place where they stand in the file. */

/** One row of a file. `line`: counted from 1, blank lines left out. */
export type FileRow = { line: number; cells: string[] };
/** `heads`: null if the file has no headings. `odd`: rows with too few or too many cells. */
export type BankFile = { heads: string[] | null; width: number; rows: FileRow[]; odd: FileRow[] };

/** Decodes a file: UTF-8, UTF-16 with a byte order mark, or else windows-1252, which most other banks use. */
export function decode(bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes);
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const separators = [';', '\t', ',', '|'];

/** Reads a table. Null: the text has no columns. */
export function readFile(text: string): BankFile | null {
  const tables = separators.map((separator) => tableOf(text.replace(/^\uFEFF/, ''), separator));
  const best = tables.toSorted((a, b) => quality(b) - quality(a))[0];
  if (!best || best.width < 2) return null;
  const heading = headingOf(best.rows);
  const body = heading === null ? best.rows : best.rows.slice(heading + 1);
  const width =
    usualWidth(body.map(({ cells }) => cells.length)) || (best.rows[heading ?? 0]?.cells.length ?? 0);
  const isWhole = ({ cells }: FileRow) => cells.length === width;
  return {
    heads: heading === null ? null : (best.rows[heading]?.cells.map((cell) => cell.trim()) ?? []),
    width,
    rows: body.filter(isWhole),
    odd: body.filter((row) => !isWhole(row)),
  };
}

type Table = { rows: FileRow[]; width: number; share: number };

function tableOf(text: string, delimiter: string): Table {
  const { data } = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: 'greedy' });
  const rows = data.map((cells, i) => ({ line: i + 1, cells }));
  const widths = rows.map(({ cells }) => cells.length);
  const width = usualWidth(widths);
  return { rows, width, share: widths.filter((each) => each === width).length / Math.max(1, widths.length) };
}

/** With the right separator most rows have the same number of cells, and more than one. */
const quality = ({ width, share }: Table) => (width < 2 ? 0 : share + Math.min(width, 30) / 100);

/** The most frequent number of cells above one, or 0. */
function usualWidth(widths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const width of widths) if (width > 1) counts.set(width, (counts.get(width) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

/** Banks write at most this many lines about the account above the headings. */
const mostPreamble = 40;

/** The row in which most cells are headings of known columns, among them a day and an amount. */
function headingOf(rows: readonly FileRow[]): number | null {
  let best: { at: number; known: number } | null = null;
  for (const [at, { cells }] of rows.slice(0, mostPreamble).entries()) {
    const roles = new Set(cells.map(roleOfHeading).filter((role) => role !== null));
    const hasAmount = roles.has('amount') || roles.has('credit') || roles.has('debit');
    if (roles.has('day') && hasAmount && roles.size > (best?.known ?? 1)) best = { at, known: roles.size };
  }
  return best?.at ?? null;
}
