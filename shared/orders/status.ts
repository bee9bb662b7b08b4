import type { Day } from '../billing/day.ts';
import { pathBetween } from '../engine/rule.ts';
import type { Order, PlannedStatus } from './schema.ts';

/** The allowed status changes of an order. A cancelled order stays cancelled. */
export const statusMoves = {
  'setting up': ['active', 'cancelled'],
  active: ['suspended', 'cancelled'],
  suspended: ['active', 'cancelled'],
} as const satisfies Partial<Record<Order['status'], readonly Order['status'][]>>;

type Reason = Pick<Order, 'reason' | 'cause'>;

/**
 * Moves an order to another status. A replica that made several moves offline sends only the last status, so every
 * status on the way there is added to the history. The first activation sets the anchor.
 *
 * @param on the day from which the status counts @param at when it was accepted, in milliseconds since 1970
 */
export function moveTo(
  order: Order,
  status: Exclude<Order['status'], 'setting up'>,
  { on, at, reason, cause }: Reason & { on: Day; at: number },
): Partial<Order> {
  // An order that already has the status gets one more entry: the reason may be another one.
  const between = order.status === status ? null : pathBetween([statusMoves], order.status, status);
  const path = (between ?? [status]) as (typeof status)[];
  const entries = path.map((each, i) => {
    const isLast = i === path.length - 1;
    const entry = { on, status: each, at, reason: isLast ? reason : '' };
    return isLast && cause ? { ...entry, cause } : entry;
  });
  const moved: Partial<Order> = {
    status,
    reason,
    cause,
    history: [...order.history, ...entries],
    anchor: order.anchor ?? (path.includes('active') ? on : null),
    // A scheduled status was meant for the order in its old status.
    nextStatus: null,
  };
  return status === 'cancelled' ? { ...moved, cancelsOn: null, change: null } : moved;
}

/** Applies a scheduled status. It counts from its scheduled day, even if the job runs later. */
export function beginScheduled(
  order: Order,
  { on, status, reason, cause }: PlannedStatus,
  at: number,
): Partial<Order> {
  return moveTo(order, status, { on, at, reason, cause });
}

/** Cancels an order at its scheduled end. `on`: the first day without service. */
export function endScheduled(order: Order, on: Day, at: number): Partial<Order> {
  return moveTo(order, 'cancelled', { on, at, reason: '', cause: null });
}
