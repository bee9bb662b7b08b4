import type { StatementLine } from './bank-statement.ts';
import type { Invoice } from '#shared/invoices/schema.ts';

export type Open = { invoice: Invoice; open: number };
/**
 * The invoices that a line pays, or, if it is negative, whose payment it takes back. `why`: how they were found; 'named': the
 * line names an invoice that is not open, so no other is proposed. The parts never add up to more than the line.
 */
export type Proposal = {
  line: StatementLine;
  parts: { invoice: Invoice; amount: number }[];
  why: 'number' | 'payer' | 'amount' | 'named' | 'returned' | null;
  /** True if nothing else can be meant, so that it is chosen from the start. */
  isCertain: boolean;
};

/**
 * Proposes which invoices each line of a bank statement pays: those whose numbers it mentions, oldest first. Else the
 * payer's invoice with that amount, else the only invoice with that amount. Without a match it proposes nothing.
 *
 * @param held what has been paid on an invoice, by which a returned payment is recognized
 */
export function matchLines(
  lines: readonly StatementLine[],
  open: readonly Open[],
  held: readonly Open[] = [],
): Proposal[] {
  const left = new Map(open.map(({ invoice, open: amount }) => [invoice.id, amount]));
  const oldest = open.toSorted((a, b) => ((a.invoice.number ?? '') < (b.invoice.number ?? '') ? -1 : 1));
  return lines.map((line) => {
    if (line.amount < 0) return returned(line, held);
    const unpaid = oldest.flatMap(({ invoice }) => {
      const amount = left.get(invoice.id) ?? 0;
      return amount > 0 ? [{ invoice, open: amount }] : [];
    });
    const { found, why } = find(line, unpaid);
    const due = found.reduce((sum, { open: amount }) => sum + amount, 0);
    let rest = line.amount;
    const parts = found.flatMap(({ invoice, open: amount }) => {
      const part = Math.min(amount, rest);
      rest -= part;
      if (part > 0) left.set(invoice.id, amount - part);
      return part > 0 ? [{ invoice, amount: part }] : [];
    });
    // An overpayment that mentions an invoice number: the rest becomes the client's credit.
    const last = parts.at(-1);
    if (last && why === 'number') last.amount += rest;
    return { line, parts, why, isCertain: why === 'number' && line.amount <= due };
  });
}

/** A returned direct debit or transfer names the invoice that it had paid. */
function returned(line: StatementLine, held: readonly Open[]): Proposal {
  const named = held.find(
    ({ invoice, open: paid }) =>
      invoice.number !== null && mentions(line, invoice.number) && paid >= -line.amount,
  );
  const parts = named ? [{ invoice: named.invoice, amount: line.amount }] : [];
  return { line, parts, why: named ? 'returned' : null, isCertain: false };
}

function find(line: StatementLine, open: readonly Open[]): { found: Open[]; why: Proposal['why'] } {
  const named = open.filter(({ invoice }) => invoice.number !== null && mentions(line, invoice.number));
  if (named.length > 0) return { found: named, why: 'number' };
  if (namesAnInvoice(line)) return { found: [], why: 'named' };
  const same = open.filter(({ open: amount }) => amount === line.amount);
  const byPayer = same.filter(({ invoice }) => isPayer(line, invoice));
  const [first] = byPayer;
  if (first) return { found: [first], why: 'payer' };
  const [only, another] = same;
  return only && !another ? { found: [only], why: 'amount' } : { found: [], why: null };
}

/** True if the line names an invoice of ours, open or not: series, year and number. */
function namesAnInvoice({ text, payer }: StatementLine): boolean {
  return /(?<![a-z0-9])[asr][^a-z0-9]{0,3}20\d\d[^a-z0-9]{0,3}\d{6}(?!\d)/.test(ascii(`${text} ${payer}`));
}

/** Finds the number's letters and digits in order, ignoring separators. "facturas 2026-…" does not match series S. */
function mentions({ text, payer }: StatementLine, number: string): boolean {
  const each = [...plain(number)].join('[^a-z0-9]*');
  return new RegExp(`(?<![a-z0-9])${each}(?![0-9])`).test(ascii(`${text} ${payer}`));
}

/** True if all longer words of the buyer's name occur in the bank's payer or text. */
function isPayer({ payer, text }: StatementLine, { buyer }: Invoice): boolean {
  const words = (buyer?.legalName ?? '')
    .split(/\s+/)
    .map(plain)
    .filter(({ length }) => length > 3);
  const payerText = plain(`${payer} ${text}`);
  return words.length > 0 && words.every((word) => payerText.includes(word));
}

/** Letters and digits only, without accents. */
const plain = (text: string) => ascii(text).replace(/[^a-z0-9]/g, '');
const ascii = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
