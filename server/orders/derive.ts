import { isClient } from '#shared/people/role.ts';
import type { Day } from '#shared/billing/day.ts';
import { sameValue } from '#shared/engine/same-value.ts';
import { dayOf } from '#shared/billing/period.ts';
import { priceOf } from '#shared/billing/price.ts';
import { DomainError } from '#shared/errors.ts';
import { moveTo } from '#shared/orders/status.ts';
import { inOrderOfDay, type Order } from '#shared/orders/schema.ts';
import { isMove, transitionsOf, type Transition } from '#shared/orders/transitions.ts';
import { people } from '#shared/people/schema.ts';
import { services } from '#shared/services/schema.ts';
import type { Write } from '#sync/server/context.ts';
import type { Tx } from '../context.ts';
import { settings } from '../settings/settings.ts';
import { checkEnd, checkLeaving, checkPrices, checkScheduled, checkWithdrawal } from './check-transition.ts';
import { planChange, planUndo } from './plan-change.ts';
import { checkTerms } from './terms.ts';

/**
 * Derives what the server decides about an order: for a new one number, orderedOn, alignment, chargedAt and price, for a
 * changed one the effects of each transition. The terms are checked. The history records a new status on the day when the
 * server accepted it.
 *
 * @throws DomainError that refuses the write
 */
export async function deriveOrder(tx: Tx, { before, after, changed }: Write<Order>): Promise<Partial<Order>> {
  const { timeZone, alignment } = await settings(tx.server, tx.transaction);
  const today = dayOf(tx.now, timeZone);
  if (!before) return place(tx, after, { today, alignment, changed });
  const transitions = transitionsOf(before, after);
  if (changed.includes('cause') && after.cause === 'withdrawal') await checkWithdrawal(tx, after, timeZone);
  if (tx.writer.actor?.id === before.client) checkLeaving(before, changed);
  // The terms are accepted only together with something to pay for.
  if (changed.includes('terms') && !(changed.includes('change') && after.change)) {
    throw new DomainError('invalid', 'terms');
  }
  let derived: Partial<Order> = {};
  for (const transition of transitions) {
    const order = { ...after, ...derived };
    derived = { ...derived, ...(await applyTransition(tx, transition, { before, order, today })) };
  }
  return derived;
}

type TransitionContext = { before: Order; order: Order; today: Day };

/** The fields that the server sets for one transition. */
async function applyTransition(
  tx: Tx,
  transition: Transition,
  { before, order, today }: TransitionContext,
): Promise<Partial<Order>> {
  switch (transition.type) {
    case 'repriced':
      checkPrices(before, order, today);
      return { prices: inOrderOfDay(order.prices) };
    case 'end-scheduled':
    case 'end-undone':
      checkEnd(tx, before, { order, today });
      return { endsBy: transition.type === 'end-undone' ? null : endsBy(tx, order) };
    case 'status-scheduled':
      checkScheduled(order, transition.next, today);
      return {};
    case 'change-scheduled':
      return planChange(tx, before, { order, today, change: transition.change });
    case 'change-undone':
      return planUndo(before, { order, today });
    default:
      return isMove(transition) ? move(tx, { before, order, today }) : {};
  }
}

const endsBy = ({ writer }: Tx, { client }: Order) => (writer.actor?.id === client ? 'client' : 'staff');

function move(tx: Tx, { before, order, today }: TransitionContext): Partial<Order> {
  if (order.status === 'setting up') return {};
  // A reason and a cause arrive with their status. Unchanged values belong to the previous status.
  const reason = order.reason === before.reason ? '' : order.reason;
  const cause = order.cause === before.cause ? null : order.cause;
  const from = { ...order, status: before.status };
  const moved = moveTo(from, order.status, { on: today, at: tx.now, reason, cause });
  const activated = moved.history?.some(({ status, at }) => status === 'active' && at === tx.now);
  if (activated && order.prices.length === 0) throw new DomainError('invalid', 'prices', 'empty');
  if (order.status === 'cancelled') {
    // Without a request to begin, a consumer who withdraws pays for no day. What was charged is credited (credit.ts).
    const isFree = cause === 'withdrawal' && !order.beginAtOnce;
    return { ...moved, endsBy: endsBy(tx, order), ...(isFree ? { billFrom: today } : {}) };
  }
  const isRescheduled = order.nextStatus !== null && !sameValue(order.nextStatus, before.nextStatus);
  return isRescheduled ? { ...moved, nextStatus: order.nextStatus } : moved;
}

/**
 * Derives a new order: number, orderedOn, alignment, chargedAt, and today's price in the catalogue. Checks the price that
 * was sent, and the terms.
 */
async function place(
  tx: Tx,
  order: Order,
  { today, alignment, changed }: { today: Day; alignment: Order['alignment']; changed: readonly string[] },
): Promise<Partial<Order>> {
  const service = typeof order.service === 'string' ? await tx.load(services, order.service) : null;
  if (!service?.available) throw new DomainError('not-found', 'service');
  const client = typeof order.client === 'string' ? await tx.load(people, order.client) : null;
  if (!isClient(client) || client.status !== 'verified') throw new DomainError('not-found', 'client');
  const row = service.prices.find(({ billingPeriod }) => billingPeriod === order.billingPeriod);
  if (!row && !service.pricedByAdmin) throw new DomainError('invalid', 'billingPeriod');
  const amount = row && priceOf(row, service.options, order.options);
  if (order.prices.at(-1)?.amount !== amount)
    throw new DomainError('price-changed', 'prices', amount === undefined ? '' : String(amount));
  // A client who is charged needs billing details for the invoice.
  if (amount !== 0 && !client.identity) throw new DomainError('identity-missing', 'identity');
  if (tx.writer.actor?.id === client.id && amount !== 0) await checkTerms(tx, order.terms);
  else if (changed.includes('terms')) throw new DomainError('forbidden-field', 'terms');
  return {
    number: await tx.count('order'),
    orderedOn: today,
    alignment,
    chargedAt: service.chargedAt,
    prices: amount === undefined ? [] : [{ from: today, amount, service: service.id }],
    history: [],
    anchor: null,
    billFrom: null,
    releasedUntil: null,
    change: null,
    nextStatus: null,
    endsBy: null,
    cause: null,
    reason: '',
  };
}
