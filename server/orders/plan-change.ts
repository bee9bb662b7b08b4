import type { Day } from '#shared/billing/day.ts';
import { priceOf } from '#shared/billing/price.ts';
import { sameValue } from '#shared/engine/same-value.ts';
import { DomainError } from '#shared/errors.ts';
import { endOfCurrentPeriod } from '#shared/orders/current-period.ts';
import { changeNow, changeRefusal, periodOf, scheduleChange, undoChange } from '#shared/orders/change.ts';
import type { Order, PlannedChange } from '#shared/orders/schema.ts';
import { people } from '#shared/people/schema.ts';
import { services } from '#shared/services/schema.ts';
import type { Tx } from '../context.ts';
import { checkTerms } from './terms.ts';

type OrderOnDay = { order: Order; today: Day };

/**
 * Plans the change that was requested (`order.change`). @returns the fields of the order that it sets
 *
 * @param order the order with the writer's fields
 * @throws DomainError 'price-changed' with the right amount; 'invalid' and 'not-found' naming the field
 */
export async function planChange(
  tx: Tx,
  before: Order,
  { order, today, change }: OrderOnDay & { change: PlannedChange },
): Promise<Partial<Order>> {
  // The end may have been undone offline just before the change. Both arrive as one write.
  const refusal = changeRefusal(order.cancelsOn === null ? { ...before, cancelsOn: null } : before);
  if (refusal) throw new DomainError('invalid', 'change', refusal);
  const isPending = before.change !== null;
  if (isPending && change.on !== null) throw new DomainError('invalid', 'change', 'waits');
  // A price that was agreed in the same write is kept.
  const { prices } = isPending ? planUndo(before, { order, today }) : order;
  const amount = await checkOffer(tx, before, change);
  await checkPayer(tx, order, amount);
  const changed = { service: change.service, options: change.options, amount };
  if (before.anchor === null) return changeNow(prices, changed, { today, withinPeriod: false });
  if (change.when === 'now') {
    const withinPeriod = await isWithinCharged(tx, before, today);
    return changeNow(prices, changed, { today, withinPeriod });
  }
  const next = endOfCurrentPeriod(before, today);
  if (next === null) throw new DomainError('invalid', 'change', 'once');
  return scheduleChange(prices, change, next);
}

/** Plans the undo of a pending change. @throws DomainError 'invalid' if no change is pending any more */
export function planUndo(before: Order, { order, today }: OrderOnDay): Pick<Order, 'change' | 'prices'> {
  const on = before.change?.on ?? null;
  if (on === null || on <= today) throw new DomainError('invalid', 'change', 'status');
  return undoChange(order, on);
}

/** Returns the price of a requested change. @throws DomainError if it is not offered, or has another price */
async function checkOffer(tx: Tx, before: Order, change: PlannedChange): Promise<number> {
  const service = await tx.load(services, change.service);
  if (!service || (!service.available && service.id !== before.service)) {
    throw new DomainError('not-found', 'service');
  }
  const offer = service.prices.find(({ billingPeriod }) => billingPeriod === before.billingPeriod);
  if (!offer) throw new DomainError('invalid', 'billingPeriod');
  if (service.id === before.service && sameValue(change.options, before.options)) {
    throw new DomainError('invalid', 'change', 'same');
  }
  const amount = priceOf(offer, service.options, change.options);
  if (amount !== change.amount) throw new DomainError('price-changed', 'change', String(amount));
  return amount;
}

/** A client who is charged needs billing details. A client who orders must also have accepted the terms. */
async function checkPayer(tx: Tx, order: Order, amount: number): Promise<void> {
  if (amount === 0) return;
  const client = await tx.load(people, order.client);
  if (!client?.identity) throw new DomainError('identity-missing', 'identity');
  if (tx.writer.actor?.id === order.client) await checkTerms(tx, order.terms);
}

/** False if the current period begins today and is not charged yet: the billing run then uses the new price itself. */
export async function isWithinCharged(tx: Tx, order: Order, today: Day): Promise<boolean> {
  const period = periodOf(order, today);
  return period !== null && (period.start !== today || (await isCharged(tx, order, today)));
}

async function isCharged({ server, transaction }: Tx, { id }: Order, day: Day): Promise<boolean> {
  const [rows] = await server.db.query(
    'SELECT 1 FROM charges WHERE order_id = ? AND from_day <= ? AND to_day > ? LIMIT 1',
    { replacements: [id, day, day], transaction },
  );
  return rows.length > 0;
}
