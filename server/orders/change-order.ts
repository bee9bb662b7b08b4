import { daysBetween, type Day } from '#shared/billing/day.ts';
import { share } from '#shared/billing/money.ts';
import { periodAt, type Period } from '#shared/billing/period.ts';
import { priceOf } from '#shared/billing/price.ts';
import { agreedFrom, inOrderOfDay, type AgreedPrice, type Order } from '#shared/orders/schema.ts';
import { DomainError } from '#shared/errors.ts';
import { sameValue, type Tx } from '#sync/server/transaction.ts';
import { checkTerms } from './terms.ts';

/*
 * Another service, or other options, for an order that runs. The price row that it brings takes effect with the period
 * that begins on its day; made now, what the rest of the current period costs more (or less) goes on the next invoice
 * as an adjustment.
 */

type Asked = { order: Order; today: Day };

/**
 * What an order becomes by the change that was asked for (`order.change`), or by taking back the one that waits (null).
 *
 * @throws DomainError 'price-changed' with the right amount; 'invalid' and 'not-allowed' naming the field
 */
export async function planChange(tx: Tx, old: Order, { order, today }: Asked): Promise<Partial<Order>> {
  const { change } = order;
  // A price that was agreed in the same write stays.
  const kept = { ...old, prices: order.prices };
  if (change === null) return takenBack(kept, today);
  if (old.status === 'suspended' || old.status === 'cancelled')
    throw new DomainError('invalid', 'change', 'status');
  // Taken back and asked for something else without network, both come as one.
  if (old.cancelsOn !== null && order.cancelsOn !== null) throw new DomainError('invalid', 'change', 'ends');
  const waits = old.change !== null;
  if (waits && change.on !== null) throw new DomainError('invalid', 'change', 'waits');
  const agreedNow = waits ? (takenBack(kept, today).prices ?? []) : order.prices;
  const service = await tx.load('services', change.service);
  if (!service || (!service.available && service.id !== old.service)) {
    throw new DomainError('not-found', 'service');
  }
  const offer = service.prices.find(({ billingPeriod: each }) => each === old.billingPeriod);
  if (!offer) throw new DomainError('invalid', 'billingPeriod');
  if (service.id === old.service && sameValue(change.options, old.options)) {
    throw new DomainError('invalid', 'change', 'same');
  }
  const amount = priceOf(offer, service.options, change.options);
  if (amount !== change.amount) throw new DomainError('price-changed', 'change', String(amount));
  const changed = { service: service.id, options: change.options };
  await checkPayer(tx, order, amount);
  const row = { amount, service: service.id };
  if (old.anchor === null) {
    return { ...changed, change: null, prices: agreed(agreedNow, { ...row, from: today }) };
  }
  if (old.billingPeriod === 'once') throw new DomainError('invalid', 'change', 'once');
  if (change.when === 'now') {
    const now = await isWithinCharged(tx, old, today);
    return {
      ...changed,
      change: null,
      prices: agreed(agreedNow, { ...row, from: today, ...(now ? { now } : {}) }),
    };
  }
  const { end } = periodAt({ anchor: old.anchor, billingPeriod: old.billingPeriod, alignment: old.alignment }, today);
  return { change: { ...change, on: end }, prices: agreed(agreedNow, { ...row, from: end, planned: true }) };
}

function agreed(prices: readonly AgreedPrice[], row: AgreedPrice): AgreedPrice[] {
  return inOrderOfDay(agreedFrom(prices, row));
}

/** Who is to be charged must be somebody an invoice can be written to, and bound by the terms. */
async function checkPayer(tx: Tx, order: Order, amount: number): Promise<void> {
  if (amount === 0) return;
  const client = await tx.load('people', order.client);
  if (!client?.identity) throw new DomainError('identity-missing', 'identity');
  if (tx.writer.actor?.id === order.client) await checkTerms(tx, order.terms);
}

/** What was agreed for the change that waits is agreed no more; all else stays. */
function takenBack(old: Order, today: Day): Partial<Order> {
  const on = old.change?.on ?? null;
  if (on === null || on <= today) throw new DomainError('invalid', 'change', 'status');
  return { change: null, prices: old.prices.filter(({ planned, from }) => !planned || from < on) };
}

/**
 * What a change that was made now costs for the rest of its period, in minor units: (new - old) x days left / days of
 * the period, rounded once.
 */
export async function adjustmentOf(tx: Tx, old: Order, { order, today }: Asked): Promise<number> {
  if (old.status !== 'active') return 0;
  const period = periodOf(old, today);
  if (!period) return 0;
  if (!(await isWithinCharged(tx, old, today))) return 0;
  const { start, end, fullDays } = period;
  const before = effective(old, start, today);
  const after = order.prices.findLast(({ from }) => from <= today)?.amount ?? 0;
  return share(after - before, daysBetween(today, end), fullDays);
}

/**
 * What of such adjustments falls away (or comes back) where an order stops, or goes on, within the period that they were
 * for: days on which it does not run cost nothing, at the new price as little as at the old. Charged at the start,
 * only a cancellation gives anything back.
 */
export function adjustmentOfMove(old: Order, order: Order): number {
  const on = order.history.at(-1)?.on;
  const period = on ? periodOf(order, on) : null;
  if (!on || !period) return 0;
  const { start, end, fullDays } = period;
  const difference = effective(order, start, on) - begunWith(order, start);
  const part = share(difference, daysBetween(on, end), fullDays);
  const atEnd = order.chargedAt === 'end';
  const stops = order.status === 'cancelled' || (atEnd && order.status === 'suspended');
  if (old.status === 'active' && stops) return -part;
  if (old.status === 'suspended' && order.status === 'cancelled' && !atEnd) return -part;
  return atEnd && old.status === 'suspended' && order.status === 'active' ? part : 0;
}

/** The period that a day is in; none before the first one begins. */
export function periodOf({ anchor, billingPeriod, alignment }: Order, day: Day): Period | null {
  return anchor === null || billingPeriod === 'once' || day < anchor
    ? null
    : periodAt({ anchor, billingPeriod, alignment }, day);
}

/** False where nothing of the current period is charged yet and it begins today: the run takes the new price itself. */
async function isWithinCharged(tx: Tx, order: Order, today: Day): Promise<boolean> {
  const period = periodOf(order, today);
  return period !== null && (period.start !== today || (await isCharged(tx, order, today)));
}

/** The price that the period was (or will be) charged at: that of its first day, but for what was changed within it. */
function begunWith({ prices }: Order, start: Day): number {
  const row = prices.findLast(({ from, now }) => from < start || (from === start && !now));
  return (row ?? prices[0])?.amount ?? 0;
}

/** What the period that began on `start` costs on a day of it: its price when it began, and what changes in it added. */
function effective({ prices }: Order, start: Day, day: Day): number {
  const row = prices.findLast(({ from, now }) => from <= start || (now && from <= day));
  return (row ?? prices[0])?.amount ?? 0;
}

async function isCharged({ server, transaction }: Tx, { id }: Order, day: Day): Promise<boolean> {
  const [rows] = await server.db.query(
    'SELECT 1 FROM charges WHERE order_id = ? AND from_day <= ? AND to_day > ? LIMIT 1',
    { replacements: [id, day, day], transaction },
  );
  return rows.length > 0;
}
