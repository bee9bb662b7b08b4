import type { Day } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { sameValue } from '#shared/engine/same-value.ts';
import { DomainError } from '#shared/errors.ts';
import { endOfCurrentPeriod } from '#shared/orders/current-period.ts';
import { mayUndoEnd } from '#shared/orders/patches.ts';
import type { Order, PlannedStatus } from '#shared/orders/schema.ts';
import { lastWithdrawalDay, withdrawalRefusal } from '#shared/orders/withdrawal.ts';
import { statusMoves } from '#shared/orders/status.ts';
import { people } from '#shared/people/schema.ts';
import type { Tx } from '../context.ts';

/** The conditions of each transition of an order, in addition to the table of rights. */

/** Agreed prices never change. A new price is a new row that starts today or later. @throws DomainError 'invalid' */
export function checkPrices(before: Order, order: Order, today: Day): void {
  const added = order.prices.slice(before.prices.length);
  const kept = sameValue(order.prices.slice(0, before.prices.length), before.prices);
  if (!kept || added.length === 0 || added.some(({ from }) => from < today)) {
    throw new DomainError('invalid', 'prices', 'from');
  }
}

/**
 * Checks a scheduled end. An end that the client schedules must be the end of the current period; staff may set any
 * future day. Null undoes the end; a client may undo only their own.
 * @throws DomainError 'invalid', 'too-late', 'not-allowed'
 */
export function checkEnd(tx: Tx, before: Order, { order, today }: { order: Order; today: Day }): void {
  const isClients = tx.writer.actor?.id === order.client;
  const { cancelsOn } = order;
  if (before.status === 'cancelled') throw new DomainError('invalid', 'cancelsOn', 'status');
  if (tx.writer.actor && !mayUndoEnd(before, tx.writer.actor.id))
    throw new DomainError('invalid', 'cancelsOn', 'staff');
  if (cancelsOn === null) return;
  // The client wrote it in time, but it reached the server after its day. The client must choose again.
  if (cancelsOn <= today && isClients) throw new DomainError('too-late', 'cancelsOn', cancelsOn);
  if (cancelsOn <= today) throw new DomainError('invalid', 'cancelsOn', 'past');
  if (!isClients) return;
  const end = endOfCurrentPeriod(order, today);
  if (end === null) throw new DomainError('not-allowed', 'cancelsOn');
  if (cancelsOn !== end) throw new DomainError('invalid', 'cancelsOn', end);
}

/** Staff may schedule an activation or suspension for a future day. @throws DomainError 'invalid' */
export function checkScheduled(order: Order, next: PlannedStatus, today: Day): void {
  const moves: Readonly<Record<string, readonly string[]>> = statusMoves;
  if (next.on <= today) throw new DomainError('invalid', 'nextStatus', 'past');
  if (!moves[order.status]?.includes(next.status)) throw new DomainError('invalid', 'nextStatus', 'status');
  if (order.cancelsOn !== null && order.cancelsOn <= next.on) {
    throw new DomainError('invalid', 'nextStatus', 'ends');
  }
  if (next.cause === 'withdrawal') throw new DomainError('invalid', 'nextStatus', 'cause');
  if (next.status === 'active' && order.prices.length === 0) {
    throw new DomainError('invalid', 'prices', 'empty');
  }
}

/**
 * A client's reason and cause belong to a cancellation. They are refused if the order goes on or was ended meanwhile.
 *
 * @throws DomainError 'changed-meanwhile'
 */
export function checkLeaving({ status }: Order, changed: readonly string[]): void {
  const givesReason = changed.includes('cause') || changed.includes('reason');
  if (givesReason && !changed.includes('status'))
    throw new DomainError('changed-meanwhile', 'status', status);
}

/**
 * A consumer may withdraw within some days of ordering (Directive 2011/83/EU, article 9). The day that counts is the one on
 * which the client wrote the withdrawal.
 *
 * @throws DomainError 'invalid', 'too-late'
 */
export async function checkWithdrawal(tx: Tx, order: Order, timeZone: string): Promise<void> {
  const client = await tx.load(people, order.client);
  if (order.status !== 'cancelled' || tx.writer.actor?.id !== order.client) {
    throw new DomainError('invalid', 'cause', 'status');
  }
  const writtenOn = dayOf(tx.writer.writtenAt, timeZone);
  const refusal = withdrawalRefusal(order, client?.identity, writtenOn);
  if (refusal === 'business') throw new DomainError('invalid', 'cause', refusal);
  if (refusal) throw new DomainError(refusal, 'cause', lastWithdrawalDay(order));
}

/**
 * Refuses to undo something scheduled that was already applied. It stays, and the writer is notified.
 *
 * @param base the order as its writer last saw it
 * @throws DomainError 'changed-meanwhile' naming the field
 */
export function checkUndone(
  current: Order,
  base: Partial<Order>,
  patch: { [field in keyof Order]?: unknown },
): void {
  const { cancelsOn, nextStatus, change } = base;
  const became = (status: Order['status'], on: Day) =>
    current.status === status && current.history.at(-1)?.on === on;
  if (patch.cancelsOn === null && cancelsOn && became('cancelled', cancelsOn)) {
    throw new DomainError('changed-meanwhile', 'cancelsOn', cancelsOn);
  }
  if (patch.nextStatus === null && nextStatus && became(nextStatus.status, nextStatus.on)) {
    throw new DomainError('changed-meanwhile', 'nextStatus', nextStatus.on);
  }
  const isApplied =
    current.change === null &&
    change?.service === current.service &&
    sameValue(change.options, current.options);
  if (patch.change === null && change && isApplied)
    throw new DomainError('changed-meanwhile', 'change', change.on);
}
