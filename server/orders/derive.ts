import { addDays, type Day } from '#shared/billing/day.ts';
import { dayOf, periodAt } from '#shared/billing/period.ts';
import { priceOf } from '#shared/billing/price.ts';
import { inOrderOfDay, withdrawalDays, type Order } from '#shared/orders/schema.ts';
import { DomainError } from '#shared/errors.ts';
import { policy } from '#shared/policy.ts';
import { pathBetween } from '#shared/engine/rule.ts';
import { planChange } from './change-order.ts';
import { checkTerms } from './terms.ts';
import { settings } from '../settings/settings.ts';
import { sameValue, type Tx } from '#sync/server/transaction.ts';
import type { Write } from '../collections.ts';

/**
 * What the server says of an order: its price (computed here, whatever was sent), number and terms; and that a change
 * of status enters the history with the server's day of acceptance. The first activation sets the anchor.
 */
export async function deriveOrder(
  tx: Tx,
  { before, after, changed }: Write,
): Promise<Record<string, unknown>> {
  const { timeZone, alignment } = await settings(tx.server, tx.transaction);
  const today = dayOf(tx.now, timeZone);
  const order = after as unknown as Order; // its fields were parsed
  if (!before) return place(tx, order, { today, alignment, changed });
  const old = before as unknown as Order;
  if (changed.includes('prices')) checkPrices(old, order, today);
  if (changed.includes('cancelsOn')) checkEnd(tx, old, { order, today });
  if (changed.includes('nextStatus') && order.status !== 'cancelled') checkNext(order, today);
  if (changed.includes('cause') && order.cause === 'withdrawal') await checkWithdrawal(tx, order, timeZone);
  if (tx.writer.actor?.id === old.client) checkLeaving(old, changed);
  // They are accepted with what is to be paid for, never by themselves.
  if (changed.includes('terms') && !(changed.includes('change') && order.change)) {
    throw new DomainError('invalid', 'terms');
  }
  const priced = changed.includes('prices') ? { ...order, prices: inOrderOfDay(order.prices) } : order;
  const planned = {
    ...(changed.includes('cancelsOn')
      ? { endsBy: order.cancelsOn === null ? null : sideOf(tx, order) }
      : {}),
    ...(changed.includes('prices') ? { prices: priced.prices } : {}),
    ...(changed.includes('change') ? await planChange(tx, old, { order: priced, today }) : {}),
  };
  if (!changed.includes('status') || order.status === 'setting up') return planned;
  const isOver = order.status === 'cancelled';
  return {
    ...planned,
    ...moved(old, order, { today, at: tx.now, changed }),
    ...(isOver ? { cancelsOn: null, change: null, nextStatus: null, endsBy: sideOf(tx, order) } : {}),
  };
}

const sideOf = ({ writer }: Tx, { client }: Order) => (writer.actor?.id === client ? 'client' : 'staff');

/** A change of status enters the history; of several that came as one (made offline one after another) each does. */
function moved(
  old: Order,
  order: Order,
  { today, at, changed }: { today: Day; at: number; changed: readonly string[] },
): Record<string, unknown> {
  const path = pathBetween(adminMoves(), old.status, order.status) ?? [order.status];
  if (path.includes('active') && order.prices.length === 0)
    throw new DomainError('invalid', 'prices', 'empty');
  const reason = changed.includes('reason') ? order.reason : '';
  const cause = changed.includes('cause') ? order.cause : null;
  const entries = path.map((status, i) => ({
    ...{ on: today, status, at },
    reason: i === path.length - 1 ? reason : '',
    ...(cause && i === path.length - 1 ? { cause } : {}),
  }));
  return {
    ...{ reason, cause, history: [...order.history, ...entries] },
    anchor: order.anchor ?? (path.includes('active') ? today : null),
    // What was planned was planned for the order as it stood.
    nextStatus: changed.includes('nextStatus') ? order.nextStatus : null,
  };
}

/** Staff may say that an order runs, or stands still, from a day to come on; null takes that back. */
function checkNext({ nextStatus: next, ...order }: Order, today: Day): void {
  if (next === null) return;
  if (next.on <= today) throw new DomainError('invalid', 'nextStatus', 'past');
  if (!adminMoves().some((move) => move[order.status]?.includes(next.status))) {
    throw new DomainError('invalid', 'nextStatus', 'status');
  }
  if (order.cancelsOn !== null && order.cancelsOn <= next.on) {
    throw new DomainError('invalid', 'nextStatus', 'ends');
  }
  if (next.cause === 'withdrawal') throw new DomainError('invalid', 'nextStatus', 'cause');
  if (next.status === 'active' && order.prices.length === 0) {
    throw new DomainError('invalid', 'prices', 'empty');
  }
}

const adminMoves = () =>
  (policy.orders.admin.update ?? []).flatMap(({ move }) => (move?.['status'] ? [move['status']] : []));

async function place(
  tx: Tx,
  order: Order,
  { today, alignment, changed }: { today: Day; alignment: Order['alignment']; changed: readonly string[] },
): Promise<Record<string, unknown>> {
  const service = typeof order.service === 'string' ? await tx.load('services', order.service) : null;
  if (!service?.available) throw new DomainError('not-found', 'service');
  const client = typeof order.client === 'string' ? await tx.load('people', order.client) : null;
  if (client?.role !== 'client' || client.status !== 'verified') throw new DomainError('not-found', 'client');
  const row = service.prices.find(({ billingPeriod: each }) => each === order.billingPeriod);
  if (!row && !service.pricedByAdmin) throw new DomainError('invalid', 'billingPeriod');
  const amount = row && priceOf(row, service.options, order.options);
  const said = order.prices.at(-1)?.amount;
  if (said !== amount)
    throw new DomainError('price-changed', 'prices', amount === undefined ? '' : String(amount));
  // Who is to be charged must be somebody an invoice can be written to.
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
    change: null,
    ...{ nextStatus: null, endsBy: null },
    cause: null,
    reason: '',
  };
}

/** What a client says of the end is said with it: not of an order that somebody ended meanwhile, or that goes on. */
function checkLeaving({ status }: Order, changed: readonly string[]): void {
  const said = changed.includes('cause') || changed.includes('reason');
  if (said && !changed.includes('status')) throw new DomainError('changed-meanwhile', 'status', status);
}

/**
 * A consumer may withdraw within 14 days of ordering (Directive 2011/83/EU, article 9); sent in time is in time, so
 * the day on which it was written counts.
 */
async function checkWithdrawal(tx: Tx, order: Order, timeZone: string): Promise<void> {
  const client = await tx.load('people', order.client);
  if (order.status !== 'cancelled' || tx.writer.actor?.id !== order.client) {
    throw new DomainError('invalid', 'cause', 'status');
  }
  if (client?.identity?.kind === 'business') throw new DomainError('invalid', 'cause', 'business');
  const last = addDays(order.orderedOn, withdrawalDays);
  if (dayOf(tx.writer.writtenAt, timeZone) > last) throw new DomainError('too-late', 'cause', last);
}

/** What was agreed stays; a new price is a new row, from today at the earliest. */
function checkPrices(old: Order, order: Order, today: Day): void {
  const added = order.prices.slice(old.prices.length);
  const kept = sameValue(order.prices.slice(0, old.prices.length), old.prices);
  if (!kept || added.length === 0 || added.some(({ from }) => from < today)) {
    throw new DomainError('invalid', 'prices', 'from');
  }
}

/**
 * A client's order ends with its current period; staff may name any day to come. Null takes the cancellation back, by
 * its client only where they said it.
 */
function checkEnd(tx: Tx, old: Order, { order, today }: { order: Order; today: Day }): void {
  const isClients = tx.writer.actor?.id === order.client;
  if (isClients && old.endsBy === 'staff') throw new DomainError('invalid', 'cancelsOn', 'staff');
  if (order.cancelsOn === null) return;
  if (order.cancelsOn <= today) {
    // Said in time, but on its way until it was over: its client chooses anew, an end that counts from now or the next.
    throw new DomainError(
      isClients ? 'too-late' : 'invalid',
      'cancelsOn',
      isClients ? order.cancelsOn : 'past',
    );
  }
  if (!isClients) return;
  const { anchor, billingPeriod: period } = order;
  if (anchor === null || period === 'once') throw new DomainError('not-allowed', 'cancelsOn');
  const { end } = periodAt({ anchor, billingPeriod: period, alignment: order.alignment }, today);
  if (order.cancelsOn !== end) throw new DomainError('invalid', 'cancelsOn', end);
}

/**
 * What waited was taken back after its day had come: it stands, and whoever took it back hears so.
 *
 * @param assumed what they had seen
 * @throws DomainError 'changed-meanwhile' naming the field
 */
export function checkTakenBack(
  current: Order,
  base: Partial<Order>,
  said: { [field in keyof Order]?: unknown },
): void {
  const { cancelsOn, nextStatus, change } = base;
  const became = (status: Order['status'], on: Day) =>
    current.status === status && current.history.at(-1)?.on === on;
  if (said.cancelsOn === null && cancelsOn && became('cancelled', cancelsOn)) {
    throw new DomainError('changed-meanwhile', 'cancelsOn', cancelsOn);
  }
  if (said.nextStatus === null && nextStatus && became(nextStatus.status, nextStatus.on)) {
    throw new DomainError('changed-meanwhile', 'nextStatus', nextStatus.on);
  }
  const isMade =
    current.change === null &&
    change?.service === current.service &&
    sameValue(change.options, current.options);
  if (said.change === null && change && isMade)
    throw new DomainError('changed-meanwhile', 'change', change.on);
}
