import { computed, type ComputedRef } from 'vue';
import { addDays, type Day } from '#shared/billing/day.ts';
import { openOf } from '#shared/invoices/balance.ts';
import { useDocuments } from '../../replica/use-documents.ts';
import type { FileDocument } from '#shared/files/schema.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { Order } from '#shared/orders/schema.ts';
import type { Person } from '#shared/people/schema.ts';
import { useSession } from '../../session/session.ts';
import { dayIn, useToday } from '../../session/use-today.ts';

/** Days of suspension for non-payment after which an order is listed for cancellation. None is cancelled by itself. */
const longDays = 30;

export type MoneyToDo = {
  proofs: FileDocument[];
  drafts: Invoice[];
  /** `due`: the day until which the money goes back, 14 days after what made it due (art. 107 TRLGDCU). */
  overpaid: { invoice: Invoice; amount: number; due: Day }[];
  identities: Person[];
  taxHolds: Person[];
  unpaidLong: { order: Order; since: Day }[];
  count: number;
};

/** Days in which money that is owed to a client goes back. */
const refundDays = 14;

/** A correction makes money due on its day; otherwise it was paid too much, on the day of the last change. */
function refundDue(invoice: Invoice, { all, timeZone }: { all: readonly Invoice[]; timeZone: string }): Day {
  const corrections = all.flatMap(({ corrects, date }) => (corrects === invoice.id && date ? [date] : []));
  const since = corrections.toSorted().at(-1) ?? dayIn(invoice.updatedAt, timeZone);
  return addDays(since, refundDays);
}

/** The accountant's pending tasks, from the documents on the device. Undefined while they load. */
export function useMoneyToDo(): ComputedRef<MoneyToDo | undefined> {
  const files = useDocuments('files', () => ({ selector: { kind: 'proof', state: 'stored' } }));
  const invoices = useDocuments('invoices', () => ({
    selector: { recent: { $lte: 0 } },
    sort: [{ recent: 'asc' }],
  }));
  const orders = useDocuments('orders', () => ({ selector: {} }));
  const people = useDocuments('people', () => ({ selector: { role: 'client' } }));
  const session = useSession();
  const today = useToday();
  return computed(() => {
    if (!files.value || !invoices.value || !orders.value || !people.value) return undefined;
    const proofs = files.value;
    const drafts = invoices.value.filter(({ status }) => status === 'draft');
    const overpaid = invoices.value
      .filter(({ status }) => status !== 'draft')
      .map((invoice) => ({
        invoice,
        amount: -openOf(invoice),
        due: refundDue(invoice, { all: invoices.value ?? [], timeZone: session.about.timeZone }),
      }))
      .filter(({ amount }) => amount > 0)
      .toSorted((a, b) => (a.due < b.due ? -1 : 1));
    const charged = new Set(
      orders.value
        .filter(({ status, prices }) => status === 'active' && prices.some(({ amount }) => amount > 0))
        .map(({ client }) => client),
    );
    const identities = people.value.filter(({ id, identity }) => charged.has(id) && !identity);
    const taxHolds = people.value.filter(({ taxHold }) => Boolean(taxHold));
    const before = addDays(today.value, -longDays);
    const unpaidLong = orders.value
      .filter(({ status, cause }) => status === 'suspended' && cause === 'non-payment')
      .flatMap((order) => {
        const since = order.history.findLast(({ status }) => status === 'suspended')?.on;
        return since && since <= before ? [{ order, since }] : [];
      });
    const lists = { proofs, drafts, overpaid, identities, taxHolds, unpaidLong };
    const count = Object.values(lists).reduce((sum, { length }) => sum + length, 0);
    return { ...lists, count };
  });
}
