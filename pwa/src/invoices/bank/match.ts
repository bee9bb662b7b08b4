import type { StatementLine } from './bank-statement.ts';
import type { Invoice } from '#shared/invoices/schema.ts';

export type Open = { invoice: Invoice; open: number };
/** What a line would pay; `why` it is believed. Together they are never more than the line. */
export type Proposal = {
  line: StatementLine;
  parts: { invoice: Invoice; amount: number }[];
  why: 'number' | 'payer' | 'amount' | null;
};

/**
 * Which open invoices a line of a bank statement pays: those whose numbers it names, oldest first; else the one of
 * its payer with that amount; else the only one with that amount. Where nothing fits, nothing is proposed.
 */
export function matchLines(lines: readonly StatementLine[], open: readonly Open[]): Proposal[] {
  const left = new Map(open.map(({ invoice, open: amount }) => [invoice.id, amount]));
  const oldest = open.toSorted((a, b) => ((a.invoice.number ?? '') < (b.invoice.number ?? '') ? -1 : 1));
  return lines.map((line) => {
    const still = oldest.flatMap(({ invoice }) => {
      const amount = left.get(invoice.id) ?? 0;
      return amount > 0 ? [{ invoice, open: amount }] : [];
    });
    const { found, why } = find(line, still);
    let rest = line.amount;
    const parts = found.flatMap(({ invoice, open: amount }) => {
      const part = Math.min(amount, rest);
      rest -= part;
      if (part > 0) left.set(invoice.id, amount - part);
      return part > 0 ? [{ invoice, amount: part }] : [];
    });
    // Paid too much with the number of an invoice: the rest is its client's credit.
    const last = parts.at(-1);
    if (last && why === 'number') last.amount += rest;
    return { line, parts, why: parts.length > 0 ? why : null };
  });
}

function find(line: StatementLine, open: readonly Open[]): { found: Open[]; why: Proposal['why'] } {
  const named = open.filter(({ invoice }) => invoice.number !== null && names(line, invoice.number));
  if (named.length > 0) return { found: named, why: 'number' };
  const same = open.filter(({ open: amount }) => amount === line.amount);
  const ofPayer = same.filter(({ invoice }) => isPayer(line, invoice));
  const [payers] = ofPayer;
  if (payers) return { found: [payers], why: 'payer' };
  const [only, another] = same;
  return only && !another ? { found: [only], why: 'amount' } : { found: [], why: null };
}

/** Its letters and digits in this order, whatever is between them; "facturas 2026-…" is no number of series S. */
function names({ text, payer }: StatementLine, number: string): boolean {
  const each = [...plain(number)].join('[^a-z0-9]*');
  return new RegExp(`(?<![a-z0-9])${each}(?![0-9])`).test(ascii(`${text} ${payer}`));
}

/** All longer words of the name on the invoice are in what the bank says of the payer. */
function isPayer({ payer, text }: StatementLine, { buyer }: Invoice): boolean {
  const words = (buyer?.legalName ?? '')
    .split(/\s+/)
    .map(plain)
    .filter(({ length }) => length > 3);
  const said = plain(`${payer} ${text}`);
  return words.length > 0 && words.every((word) => said.includes(word));
}

/** Letters and digits only, without accents. */
const plain = (text: string) => ascii(text).replace(/[^a-z0-9]/g, '');
const ascii = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
