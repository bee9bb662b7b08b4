import { isDay } from '#shared/engine/field.ts';
import type { Day } from '#shared/billing/day.ts';

/*
 * Days and amounts in a bank's file. How they are written is decided by the whole column, not by one cell: "1.234" alone
 * may be either number, and "03/04" either day.
 */

export type DayOrder = 'day first' | 'month first';
/** The character before the decimals, or null if the numbers of the file do not tell. */
export type Decimal = '.' | ',' | null;

const months = 'jan|ene|feb|mar|mär|apr|abr|may|mai|jun|jul|aug|ago|sep|oct|okt|nov|dec|dic|dez'.split('|');
const monthOf: Readonly<Record<string, number>> = Object.fromEntries(
  months.map((name) => [name, monthNumber(name)]),
);

function monthNumber(name: string): number {
  const groups = ['jan ene', 'feb', 'mar mär', 'apr abr', 'may mai', 'jun', 'jul', 'aug ago', 'sep'];
  const all = [...groups, 'oct okt', 'nov', 'dec dic dez'];
  return all.findIndex((group) => group.split(' ').includes(name)) + 1;
}

/** Parses a day such as 2026-03-01, 20260301, 01/03/2026, 1.3.26 or 01-Mar-2026. Null if it is not one. */
export function dayIn(text: string, order: DayOrder = 'day first'): Day | null {
  const iso = /^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ].*)?$/.exec(text.trim());
  if (iso) return dayOf(iso[1], iso[2], iso[3]);
  const named = /^(\d{1,2})[-/. ]([a-zäé]{3})[a-zäé.]*[-/. ](\d{4}|\d{2})$/i.exec(text.trim());
  if (named) return dayOf(named[3], String(monthOf[named[2]?.toLowerCase() ?? ''] ?? ''), named[1]);
  const [, one, two, year] = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?: .*)?$/.exec(text.trim()) ?? [];
  return order === 'day first' ? dayOf(year, two, one) : dayOf(year, one, two);
}

function dayOf(year?: string, month?: string, date?: string): Day | null {
  if (!year || !month || !date) return null;
  const day = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  return isDay(day) ? day : null;
}

/** The order of day and month in a column: the month comes first only if a day above 12 stands second. */
export function dayOrderOf(cells: readonly string[]): DayOrder {
  const count = (order: DayOrder) => cells.filter((cell) => dayIn(cell, order) !== null).length;
  return count('month first') > count('day first') ? 'month first' : 'day first';
}

/** The decimal separator of columns of amounts. */
export function decimalOf(cells: readonly string[]): Decimal {
  const numbers = cells.map(digitsOf).filter((number) => number !== null);
  const votes = { '.': 0, ',': 0 };
  for (const { text } of numbers) {
    const decimal = decimalIn(text);
    if (decimal) votes[decimal] += 1;
  }
  if (votes['.'] === votes[',']) return null;
  return votes['.'] > votes[','] ? '.' : ',';
}

/** What one number tells about the decimal separator. 1.234 tells nothing. */
function decimalIn(number: string): Decimal {
  const separators = number.match(/[.,]/g) ?? [];
  const last = separators.at(-1);
  if (last !== '.' && last !== ',') return null;
  const kinds = new Set(separators);
  if (kinds.size === 2) return last;
  const other = last === '.' ? ',' : '.';
  if (separators.length > 1) return other; // 1.234.567: it separates thousands
  const decimals = number.length - 1 - number.lastIndexOf(last);
  const whole = number.slice(0, number.lastIndexOf(last));
  return decimals === 3 && /^[1-9]\d{0,2}$/.test(whole) ? null : last;
}

/**
 * Parses an amount into minor units. More than two decimals are accepted only if they are zeros.
 *
 * @returns null if it is no amount, or could be two different ones
 */
export function amountIn(text: string, decimal: Decimal = decimalOf([text])): number | null {
  const found = digitsOf(text);
  if (!found) return null;
  const hasSeparator = /[.,]/.test(found.text);
  if (hasSeparator && decimal === null) return null;
  const point = decimal ?? '.';
  const group = point === '.' ? ',' : '.';
  const [whole = '', cents = '', more] = found.text.split(point);
  const isGrouped = new RegExp(`^\\d{1,3}(?:\\${group}\\d{3})+$`).test(whole);
  if (more !== undefined || cents.includes(group) || (whole.includes(group) && !isGrouped)) return null;
  const digits = whole.replaceAll(group, '');
  if (!/^\d{0,9}$/.test(digits) || !/^\d{0,2}0*$/.test(cents) || digits + cents === '') return null;
  const minor = Number(digits || '0') * 100 + Number(cents.slice(0, 2).padEnd(2, '0'));
  return found.isNegative && minor !== 0 ? -minor : minor;
}

/** Digits with their separators, and the sign: "-1 234,50 €", "3,00-", "(12.50)", "12,50 S". Null if it is no number. */
function digitsOf(text: string): { text: string; isNegative: boolean } | null {
  const typed = text.replace(/[\s\u00A0\u202F'’€$£]|EUR|USD|GBP|CHF/gi, '').replace(/[−–]/g, '-');
  const match = /^(\(?)([+-]?)(\d[\d.,]*|[.,]\d+)([+-]?)(\)?)(CR|DR|[SHDC]?)$/i.exec(typed);
  if (!match) return null;
  const [, open, before, number = '', after, close, mark = ''] = match;
  if ((open === '(') !== (close === ')')) return null;
  const isNegative = open === '(' || before === '-' || after === '-' || isDebit(mark);
  return { text: number, isNegative };
}

/** True for the debit mark of a bank: Soll, Debe, Debit, DR, minus. */
export function isDebit(mark: string): boolean {
  return /^(?:s|soll|d|dr|debe|debit|cargo|out|-)$/i.test(mark.trim());
}
/** True for the credit mark of a bank: Haben, Haber, Credit, Abono, plus. */
export function isCredit(mark: string): boolean {
  return /^(?:h|haben|haber|c|cr|credit|abono|in|\+)$/i.test(mark.trim());
}
