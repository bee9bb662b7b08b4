import type { Alignment, BillingPeriod, ChargedAt } from './billing-period.ts';
import { share } from './money.ts';
import { addDays, daysBetween, type Day } from './day.ts';
import { period, periodAt, type Period } from './period.ts';
import { priceInForce } from './price-in-force.ts';

/**
 * THE billing run: a pure function of the orders, their histories, the charges already made and a day. It never asks
 * what was run yesterday, so run twice, late, or after any crash it makes the same charges, once each.
 */

/** What the run reads of an order. */
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
  /** From a future day; like `cancelsOn` it counts before it is written into the history. */
  nextStatus?: { on: Day; status: 'active' | 'suspended' } | null;
  history: readonly { on: Day; status: 'active' | 'suspended' | 'cancelled' }[];
};

/** The right to bill one order for [from, to): net amount in minor units, billable on `due`. */
export type Charge = { order: string; client: string; from: Day; to: Day; amount: number; due: Day };
export type MadeCharge = { order: string; from: Day; to: Day };
export type Held = { order: string; reason: 'too-many-charges' };

/** More charges than this for one order in one run look like a mistake: the order is held for a person. */
export const mostChargesAnOrder = 36;

type Stretch = { from: Day; to: Day };
/** Unbroken runs of active days, in order, and the day of cancellation if there is one. `to` of the last may be open. */
type Activity = { runs: { from: Day; to: Day | null }[]; cancelledOn: Day | null };

/** Every charge billable on or before the day that does not exist yet, sorted by order id, then from. */
export function chargesDue(
  orders: readonly BillableOrder[],
  made: readonly MadeCharge[],
  day: Day,
): { charges: Charge[]; held: Held[] } {
  const charges: Charge[] = [];
  const held: Held[] = [];
  const madeByOrder = Map.groupBy(made, (charge) => charge.order);
  for (const order of orders) {
    const due = chargesOf(order, madeByOrder.get(order.id) ?? [], day);
    const released = due.filter((charge) => charge.due <= (order.releasedUntil ?? ''));
    const isHeld = due.length - released.length > mostChargesAnOrder;
    if (isHeld) held.push({ order: order.id, reason: 'too-many-charges' });
    charges.push(...(isHeld ? released : due));
  }
  charges.sort((a, b) => compare(a.order, b.order) || compare(a.from, b.from));
  held.sort((a, b) => compare(a.order, b.order));
  return { charges, held };
}

/** Why a charge is of that amount: the price in force when its period began, the days charged, those of the period. */
export function reasonOf(
  order: BillableOrder,
  { from, to }: Pick<Charge, 'from' | 'to'>,
): { price: number; days: number; of: number } {
  const { billingPeriod } = order;
  const anchor = anchorOf(order);
  if (anchor === null || billingPeriod === 'once') return { price: priceInForce(order.prices, from), days: 1, of: 1 };
  const { start, fullDays } = periodAt({ anchor, billingPeriod, alignment: order.alignment }, from);
  return { price: priceInForce(order.prices, start), days: daysBetween(from, to), of: fullDays };
}

function chargesOf(order: BillableOrder, made: readonly MadeCharge[], day: Day): Charge[] {
  const activity = activityOf(order);
  const anchor = anchorOf(order);
  if (anchor === null || activity.runs.length === 0) return [];
  const candidates =
    order.billingPeriod === 'once'
      ? onceCharge({ ...order, anchor }, activity, made)
      : periodCharges({ ...order, anchor, billingPeriod: order.billingPeriod }, activity, day);
  return candidates.filter(
    (charge) => charge.due <= day && charge.amount !== 0 && !made.some((other) => overlap(charge, other)),
  );
}

function onceCharge(
  order: BillableOrder & { anchor: Day },
  { runs }: Activity,
  made: readonly MadeCharge[],
): Charge[] {
  const { anchor } = order;
  const run = runs.find(({ to }) => to === null || to > anchor);
  if (!run || made.length > 0) return [];
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
    const make = (from: Day, to: Day, due: Day) => {
      const amount = share(price, daysBetween(from, to), each.fullDays);
      charges.push({ order: order.id, client: order.client, from, to, amount, due });
    };
    if (order.chargedAt === 'start') {
      make(first.from, each.end, first.from);
    } else {
      const { cancelledOn } = activity;
      const due = cancelledOn !== null && cancelledOn < each.end ? cancelledOn : each.end;
      for (const stretch of stretches) make(stretch.from, stretch.to, due);
    }
  }
}

/** The day of the first activation, also of one that is still to come, unless an admin set another. */
function anchorOf({ anchor, nextStatus }: BillableOrder): Day | null {
  return anchor ?? (nextStatus?.status === 'active' ? nextStatus.on : null);
}

/**
 * Active from the day of activation (included) to the day of suspension or cancellation (excluded). Of several
 * changes on one day the last counts; nothing counts after a cancellation; days before `billFrom` are not active.
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
