import Papa from 'papaparse';
import { isDay } from '#shared/engine/field.ts';
import type { Day } from '#shared/billing/day.ts';

/** Column indexes of a bank's file by meaning. Null: the file has no such column. */
export type Mapping = { day: number; amount: number; payer: number | null; text: number | null };
export type StatementFile = { heads: string[]; rows: string[][] };
/** One line of a statement. The key stays the same when the same or an overlapping file is read again. */
export type StatementLine = { key: string; day: Day; amount: number; payer: string; text: string };

/** Decodes a file as UTF-8, or else as windows-1252, which most other banks use. */
export function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Detects separator and quotes. The headers are the first row with as many cells as the widest row. */
export function readStatement(text: string): StatementFile | null {
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: 'greedy' });
  const wide = Math.max(0, ...data.map(({ length }) => length));
  const first = data.findIndex((row) => row.length === wide && row.every((cell) => cell.trim() !== ''));
  if (wide < 2 || first === -1) return null;
  const heads = (data[first] ?? []).map((cell) => cell.trim());
  return { heads, rows: data.slice(first + 1).filter(({ length }) => length === wide) };
}

const names: Record<keyof Mapping, RegExp> = {
  day: /date|fecha|día|datum|valor/i,
  amount: /amount|importe|cantidad|betrag|haber/i,
  payer: /payer|name|ordenante|nombre|beneficiar|counterpart|auftraggeber/i,
  text: /text|concept|description|descripci|reference|remittance|detalle|verwendung/i,
};

/** Guesses the mapping from the headers. The user confirms or corrects it. */
export function guessMapping({ heads }: StatementFile): Mapping {
  const find = (name: RegExp) => {
    const at = heads.findIndex((head) => name.test(head));
    return at === -1 ? null : at;
  };
  return {
    day: find(names.day) ?? 0,
    amount: find(names.amount) ?? heads.length - 1,
    payer: find(names.payer),
    text: find(names.text),
  };
}

/**
 * The incoming payments, read by the mapped columns. `unread` counts rows without a day or an amount.
 * Outgoing amounts are not payments and are left out.
 */
export async function linesOf(
  { rows }: StatementFile,
  mapping: Mapping,
): Promise<{ lines: StatementLine[]; unread: number }> {
  const cell = (row: string[], at: number | null) => (at === null ? '' : (row[at] ?? '').trim());
  const seen = new Map<string, number>();
  const lines: StatementLine[] = [];
  let unread = 0;
  for (const row of rows) {
    const day = dayIn(cell(row, mapping.day));
    const amount = amountIn(cell(row, mapping.amount));
    if (!day || amount === null) {
      unread += 1;
      continue;
    }
    const [payer, text] = [cell(row, mapping.payer), cell(row, mapping.text)];
    const content = JSON.stringify([day, amount, payer, text]);
    // Two identical rows on one day are two payments, so the key includes a counter.
    const nth = (seen.get(content) ?? 0) + 1;
    seen.set(content, nth);
    if (amount > 0) lines.push({ key: await hash(`${content} ${nth}`), day, amount, payer, text });
  }
  return { lines, unread };
}

/** Parses a day such as 2026-03-01, 01/03/2026 or 1.3.26. Null if it is not one. */
export function dayIn(text: string): Day | null {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})/.exec(text);
  const local = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})\b/.exec(text);
  const [year, month, date] = iso ? [iso[1], iso[2], iso[3]] : local ? [local[3], local[2], local[1]] : [];
  if (!year || !month || !date) return null;
  const day = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  return isDay(day) ? day : null;
}

/** Parses an amount into minor units. The last point or comma before one or two digits is the decimal separator. */
export function amountIn(text: string): number | null {
  const typed = text.replace(/[\s\u00A0€]|EUR/gi, '').replace('−', '-');
  const match = /^([+-]?)([\d.,']*?)(?:[.,](\d{1,2}))?(-?)$/.exec(typed);
  const whole = match?.[2]?.replace(/[.,']/g, '') ?? '';
  if (!match || (whole === '' && !match[3]) || !/^\d{0,9}$/.test(whole)) return null;
  const minor = Number(whole || '0') * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] === '-' || match[4] === '-' ? -minor : minor;
}

async function hash(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
