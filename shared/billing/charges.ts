import type { Alignment, BillingPeriod, ChargedAt } from './billing-period.ts';
import { share } from './money.ts';
import { addDays, daysBetween, type Day } from './day.ts';
import { period, periodAt, type Period } from './period.ts';
import { priceInForce } from './price-in-force.ts';

/**
 * The billing run. It is a pure function of the orders with their histories, the existing charges, and a day. It depends
 * on earlier runs only through the charges they made. So it creates each charge once, even if it runs twice, late, or
 * after a crash.
 */

/** The fields of an order that the run reads. */
export type BillableOrder = {
  id: string;
  client: string;
  billingPeriod: BillingPeriod;
  chargedAt: ChargedAt;
  alignment: Alignment;
  anchor: Day | null;
  billFrom: Day | null;
  cancelsOn: Day | null;
  prices: readonly { from: Day; amount: number }[];
  releasedUntil?: Day | null;
  /** Starts on a future day. Like `cancelsOn`, it counts even before it is written into the history. */
  nextStatus?: { on: Day; status: 'active' | 'suspended' } | null;
  history: readonly { on: Day; status: 'active' | 'suspended' | 'cancelled' }[];
};

/** A charge for one order and the days [from, to): net amount in minor units, billable from `due` on. */
export type Charge = { order: string; client: string; from: Day; to: Day; amount: number; due: Day };
export type MadeCharge = { order: string; from: Day; to: Day };
export type Held = { order: string; reason: 'too-many-charges' };

/** More charges than this for one order in one run look like a mistake, so the order is held until a person releases it. */
export const maxChargesPerOrder = 36;

type Stretch = { from: Day; to: Day };
/** Unbroken runs of active days in order, and the day of cancellation, if any. `to` is null if the last run is open. */
type Activity = { runs: { from: Day; to: Day | null }[]; cancelledOn: Day | null };

/** Every charge that is billable on or before the day and does not exist yet, sorted by order id, then by `from`. */
export function chargesDue(
  orders: readonly BillableOrder[],
  existing: readonly MadeCharge[],
  day: Day,
): { charges: Charge[]; held: Held[] } {
  const charges: Charge[] = [];
  const held: Held[] = [];
  const existingByOrder = Map.groupBy(existing, (charge) => charge.order);
  for (const order of orders) {
    const due = chargesOf(order, existingByOrder.get(order.id) ?? [], day);
    const released = due.filter((charge) => charge.due <= (order.releasedUntil ?? ''));
    const isHeld = due.length - released.length > maxChargesPerOrder;
    if (isHeld) held.push({ order: order.id, reason: 'too-many-charges' });
    charges.push(...(isHeld ? released : due));
  }
  charges.sort((a, b) => compare(a.order, b.order) || compare(a.from, b.from));
  held.sort((a, b) => compare(a.order, b.order));
  return { charges, held };
}

/**
 * Explains the amount of a charge: `price` is the price in force when its period began, `days` the number of charged
 * days, `of` the number of days in the whole period.
 */
export function reasonOf(
  order: BillableOrder,
  { from, to }: Pick<Charge, 'from' | 'to'>,
): { price: number; days: number; of: number } {
  const { billingPeriod } = order;
  const anchor = anchorOf(order);
  if (anchor === null || billingPeriod === 'once')
    return { price: priceInForce(order.prices, from), days: 1, of: 1 };
  const { start, fullDays } = periodAt({ anchor, billingPeriod, alignment: order.alignment }, from);
  return { price: priceInForce(order.prices, start), days: daysBetween(from, to), of: fullDays };
}

function chargesOf(order: BillableOrder, existing: readonly MadeCharge[], day: Day): Charge[] {
  const activity = activityOf(order);
  const anchor = anchorOf(order);
  if (anchor === null || activity.runs.length === 0) return [];
  const candidates =
    order.billingPeriod === 'once'
      ? onceCharge({ ...order, anchor }, activity, existing)
      : periodCharges({ ...order, anchor, billingPeriod: order.billingPeriod }, activity, day);
  return candidates.filter(
    (charge) => charge.due <= day && charge.amount !== 0 && !existing.some((other) => overlap(charge, other)),
  );
}

function onceCharge(
  order: BillableOrder & { anchor: Day },
  { runs }: Activity,
  existing: readonly MadeCharge[],
): Charge[] {
  const { anchor } = order;
  const run = runs.find(({ to }) => to === null || to > anchor);
  if (!run || existing.length > 0) return [];
  const from = later(run.from, anchor);
  const charge = { order: order.id, client: order.client, from, to: addDays(from, 1) };
  return [{ ...charge, amount: priceInForce(order.prices, from), due: from }];
}

function periodCharges(
  order: BillableOrder & { anchor: Day; billingPeriod: 'month' | 'quarter' | 'year' },
  activity: Activity,
  day: Day,
): Charge[] {
  const charges: Charge[] = [];
  for (let k = 0; ; k += 1) {
    const each = period(order, k);
    if (each.start > day) return charges;
    const stretches = stretchesIn(each, activity);
    const first = stretches[0];
    if (!first) continue;
    const price = priceInForce(order.prices, each.start);
    const addCharge = (from: Day, to: Day, due: Day) => {
      const amount = share(price, daysBetween(from, to), each.fullDays);
      charges.push({ order: order.id, client: order.client, from, to, amount, due });
    };
    if (order.chargedAt === 'start') {
      addCharge(first.from, each.end, first.from);
    } else {
      const { cancelledOn } = activity;
      const due = cancelledOn !== null && cancelledOn < each.end ? cancelledOn : each.end;
      for (const stretch of stretches) addCharge(stretch.from, stretch.to, due);
    }
  }
}

/** The day of the first activation, which may be in the future, unless an admin has set another day. */
function anchorOf({ anchor, nextStatus }: BillableOrder): Day | null {
  return anchor ?? (nextStatus?.status === 'active' ? nextStatus.on : null);
}

/**
 * An order is active from the day of activation (included) to the day of suspension or cancellation (excluded). Of
 * several changes on one day the last counts, but a cancellation always counts. Changes after a cancellation and days
 * before `billFrom` do not count.
 */
function activityOf(order: BillableOrder): Activity {
  const changes = [...order.history];
  if (order.nextStatus) changes.push(order.nextStatus);
  if (order.cancelsOn !== null) changes.push({ on: order.cancelsOn, status: 'cancelled' });
  changes.sort((a, b) => compare(a.on, b.on));
  const runs: Activity['runs'] = [];
  let cancelledOn: Day | null = null;
  let since: Day | null = null;
  for (const [i, change] of changes.entries()) {
    const cancelled = change.status === 'cancelled';
    if (!cancelled && changes[i + 1]?.on === change.on) continue;
    if (change.status === 'active') {
      since ??= change.on;
      continue;
    }
    if (since !== null && since < change.on) runs.push({ from: since, to: change.on });
    since = null;
    if (cancelled) {
      cancelledOn = change.on;
      break;
    }
  }
  if (since !== null) runs.push({ from: since, to: null });
  const from = order.billFrom;
  if (from === null) return { runs, cancelledOn };
  const billed = runs.filter(({ to }) => to === null || to > from);
  return { runs: billed.map((run) => ({ ...run, from: later(run.from, from) })), cancelledOn };
}

function stretchesIn({ start, end }: Period, { runs }: Activity): Stretch[] {
  return runs
    .filter((run) => run.from < end && (run.to === null || run.to > start))
    .map((run) => ({ from: later(run.from, start), to: run.to !== null && run.to < end ? run.to : end }));
}

function overlap(a: { from: Day; to: Day }, b: { from: Day; to: Day }): boolean {
  return a.from < b.to && b.from < a.to;
}

function later(a: Day, b: Day): Day {
  return a > b ? a : b;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
