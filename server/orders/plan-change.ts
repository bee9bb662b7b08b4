import type { Day } from '#shared/billing/day.ts';
import { periodAt } from '#shared/billing/period.ts';
import { priceOf } from '#shared/billing/price.ts';
import { sameValue } from '#shared/engine/same-value.ts';
import { DomainError } from '#shared/errors.ts';
import { changeNow, periodOf, scheduleChange, undoChange } from '#shared/orders/change.ts';
import type { Order, PlannedChange } from '#shared/orders/schema.ts';
import { people } from '#shared/people/schema.ts';
import { services } from '#shared/services/schema.ts';
import type { Tx } from '../context.ts';
import { checkTerms } from './terms.ts';

type Asked = { order: Order; today: Day };

/**
 * What an order becomes by the change that was asked for (`order.change`).
 *
 * @param order the order with the writer's fields
 * @throws DomainError 'price-changed' with the right amount; 'invalid' and 'not-found' naming the field
 */
export async function planChange(
  tx: Tx,
  before: Order,
  { order, today, change }: Asked & { change: PlannedChange },
): Promise<Partial<Order>> {
  if (before.status === 'suspended' || before.status === 'cancelled')
    throw new DomainError('invalid', 'change', 'status');
  // Its end may have been undone without network just before the change: both come as one write.
  if (before.cancelsOn !== null && order.cancelsOn !== null)
    throw new DomainError('invalid', 'change', 'ends');
  const waits = before.change !== null;
  if (waits && change.on !== null) throw new DomainError('invalid', 'change', 'waits');
  // A price that was agreed in the same write stays.
  const { prices } = waits ? planUndo(before, { order, today }) : order;
  const amount = await checkOffer(tx, before, change);
  await checkPayer(tx, order, amount);
  const changed = { service: change.service, options: change.options, amount };
  if (before.anchor === null) return changeNow(prices, changed, { today, withinPeriod: false });
  if (before.billingPeriod === 'once') throw new DomainError('invalid', 'change', 'once');
  if (change.when === 'now') {
    const withinPeriod = await isWithinCharged(tx, before, today);
    return changeNow(prices, changed, { today, withinPeriod });
  }
  const { anchor, billingPeriod, alignment } = before;
  return scheduleChange(prices, change, periodAt({ anchor, billingPeriod, alignment }, today).end);
}

/** What an order becomes without the change that waits. @throws DomainError 'invalid' where none waits any more */
export function planUndo(before: Order, { order, today }: Asked): Pick<Order, 'change' | 'prices'> {
  const on = before.change?.on ?? null;
  if (on === null || on <= today) throw new DomainError('invalid', 'change', 'status');
  return undoChange(order, on);
}

/** The price of what was asked for. @throws DomainError where it is not offered, or costs something else */
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

/** Somebody who is charged needs billing details, and a client who orders must have accepted the terms. */
async function checkPayer(tx: Tx, order: Order, amount: number): Promise<void> {
  if (amount === 0) return;
  const client = await tx.load(people, order.client);
  if (!client?.identity) throw new DomainError('identity-missing', 'identity');
  if (tx.writer.actor?.id === order.client) await checkTerms(tx, order.terms);
}

/** False where nothing of the current period is charged yet and it begins today: the run takes the new price itself. */
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
