import type { Invoice } from './schema.ts';
import type { Payment } from './payment-schema.ts';
import type { Day } from '../billing/day.ts';

export type Entry = {
  day: Day;
  kind: 'invoice' | 'correction' | 'payment';
  /** Of the invoice it is about. */
  number: string;
  invoice: string;
  text: string;
  /** What the client owes more (positive) or less (negative) by it, in minor units. */
  amount: number;
  /** What they owe after it; negative: so much is theirs. */
  balance: number;
};

export type Statement = { opening: number; entries: Entry[]; closing: number };

/**
 * A client's account over days: every invoice, correction and payment in order, with what was owed after each.
 * Credit that was used is a payment of one invoice and a return of another, and changes nothing.
 *
 * @param from first day; what was before is the opening balance
 * @param until last day
 */
export function statementOf(
  { invoices, payments }: { invoices: readonly Invoice[]; payments: readonly Payment[] },
  { from, until }: { from: Day; until: Day },
): Statement {
  const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
  const moves = [
    ...invoices.flatMap((invoice): Omit<Entry, 'balance'>[] => {
      const { id, number, date, kind, total, description } = invoice;
      if (number === null || date === null) return [];
      const what = kind === 'rectifying' ? 'correction' : 'invoice';
      return [{ day: date, kind: what, number, invoice: id, text: description, amount: total }];
    }),
    ...payments.map(({ day, invoice, amount, reference }): Omit<Entry, 'balance'> => ({
      ...{ day, kind: 'payment', number: byId.get(invoice)?.number ?? '', invoice, text: reference },
      amount: -amount,
    })),
  ].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  const opening = moves.filter(({ day }) => day < from).reduce((sum, { amount }) => sum + amount, 0);
  let balance = opening;
  const entries = moves
    .filter(({ day }) => day >= from && day <= until)
    .map((move) => ({ ...move, balance: (balance += move.amount) }));
  return { opening, entries, closing: balance };
}

/** What a client has paid too much, in minor units: theirs, and offered for the next invoice. */
export function creditOf(invoices: readonly Invoice[], openOf: (invoice: Invoice) => number): number {
  return invoices
    .filter(({ number }) => number !== null)
    .reduce((sum, invoice) => sum + Math.max(-openOf(invoice), 0), 0);
}
