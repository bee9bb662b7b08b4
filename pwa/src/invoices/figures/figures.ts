import { openOf } from '#shared/invoices/balance.ts';
import type { Day } from '#shared/billing/day.ts';
import { roundHalfUp } from '#shared/billing/money.ts';
import { priceInForce } from '#shared/billing/price-in-force.ts';
import { overdueAge, overdueAges } from './overdue-ages.ts';
import type { Payment } from '#shared/invoices/payment-schema.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { Order } from '#shared/orders/schema.ts';

/** Amounts are in minor units. Issued and collected include tax; income and recurring are net. */
export type Month = { month: string; issued: number; collected: number };
export type Bucket = { from: number; to: number | null; amount: number; count: number };
export type Figures = {
  months: Month[];
  /** Net income of the last twelve months by service, the largest first. */
  services: { service: string; amount: number }[];
  /** Net income per month from the active orders. */
  recurring: number;
  overdue: Bucket[];
};

const monthsShown = 12;
const monthsOf = { month: 1, quarter: 3, year: 12 };

type Source = { invoices: readonly Invoice[]; payments: readonly Payment[]; orders: readonly Order[] };

/** The accountant's figures, computed from the documents on the device. */
export function figuresOf({ invoices, payments, orders }: Source, today: Day): Figures {
  const months = lastMonths(today);
  const issued = invoices.filter(({ number, date }) => number !== null && date !== null);
  const recent = issued.filter(({ date }) => (date ?? '') >= (months[0] ?? ''));
  return {
    months: months.map((month) => ({
      month,
      issued: sum(issued.filter(({ date }) => date?.startsWith(month)).map(({ total }) => total)),
      collected: sum(
        payments
          .filter(({ day, method }) => method !== 'credit' && day.startsWith(month))
          .map(({ amount }) => amount),
      ),
    })),
    services: byService(recent, orders),
    recurring: sum(orders.map((order) => monthlyAmount(order, today))),
    overdue: overdueAges.map(([from, to]) => bucket(issued, { from, to, today })),
  };
}

/** The last `monthsShown` months as YYYY-MM, oldest first, including the current one. */
function lastMonths(today: Day): string[] {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  return Array.from({ length: monthsShown }, (_, i) => {
    const count = year * 12 + month - monthsShown + i;
    return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`;
  });
}

function byService(invoices: readonly Invoice[], orders: readonly Order[]): Figures['services'] {
  const serviceOf = new Map(orders.map(({ id, service }) => [id, service]));
  const amounts = new Map<string, number>();
  for (const { order, amount } of invoices.flatMap(({ lines }) => lines)) {
    const service = serviceOf.get(order ?? '') ?? '';
    amounts.set(service, (amounts.get(service) ?? 0) + amount);
  }
  return [...amounts].map(([service, amount]) => ({ service, amount })).sort((a, b) => b.amount - a.amount);
}

function monthlyAmount({ status, billingPeriod, prices }: Order, today: Day): number {
  if (status !== 'active' || billingPeriod === 'once') return 0;
  const amount = priceInForce(prices, today);
  return roundHalfUp(BigInt(amount), BigInt(monthsOf[billingPeriod]));
}

function bucket(
  invoices: readonly Invoice[],
  { from, to, today }: { from: number; to: number | null; today: Day },
): Bucket {
  const open = invoices.flatMap((invoice) => {
    if (invoice.dueDate === null || openOf(invoice) <= 0) return [];
    return overdueAge(invoice.dueDate, today) === from ? [openOf(invoice)] : [];
  });
  return { from, to, amount: sum(open), count: open.length };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, amount) => all + amount, 0);
}
