import type { Invoice } from './schema.ts';
import type { Payment } from './payment-schema.ts';
import type { Day } from '../billing/day.ts';

export type Entry = {
  day: Day;
  kind: 'invoice' | 'correction' | 'payment';
  /** Number of the invoice that the entry belongs to. */
  number: string;
  invoice: string;
  text: string;
  /** Change of what the client owes, in minor units. */
  amount: number;
  /** What the client owes after the entry; a negative balance is their credit. */
  balance: number;
};

export type Statement = { opening: number; entries: Entry[]; closing: number };

/**
 * A client's account over a range of days: every invoice, correction and payment in order, with the balance after each.
 * Using a credit is a payment of one invoice and a return on another, so it does not change the balance.
 *
 * @param from first day; everything before it makes the opening balance
 * @param until last day, included
 */
export function statementOf(
  { invoices, payments }: { invoices: readonly Invoice[]; payments: readonly Payment[] },
  { from, until }: { from: Day; until: Day },
): Statement {
  const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
  const unbalanced = [
    ...invoices.flatMap((invoice): Omit<Entry, 'balance'>[] => {
      const { id, number, date, kind, total, description } = invoice;
      if (number === null || date === null) return [];
      const entryKind = kind === 'rectifying' ? 'correction' : 'invoice';
      return [{ day: date, kind: entryKind, number, invoice: id, text: description, amount: total }];
    }),
    ...payments.map(({ day, invoice, amount, reference }): Omit<Entry, 'balance'> => ({
      day,
      kind: 'payment',
      number: byId.get(invoice)?.number ?? '',
      invoice,
      text: reference,
      amount: -amount,
    })),
  ].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  const opening = unbalanced.filter(({ day }) => day < from).reduce((sum, { amount }) => sum + amount, 0);
  let balance = opening;
  const entries = unbalanced
    .filter(({ day }) => day >= from && day <= until)
    .map((entry) => ({ ...entry, balance: (balance += entry.amount) }));
  return { opening, entries, closing: balance };
}

/** The sum of a client's overpayments, in minor units. It is offered as credit for their next invoice. */
export function creditOf(invoices: readonly Invoice[], openOf: (invoice: Invoice) => number): number {
  return invoices
    .filter(({ number }) => number !== null)
    .reduce((sum, invoice) => sum + Math.max(-openOf(invoice), 0), 0);
}
