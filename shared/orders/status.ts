import type { Day } from '../billing/day.ts';
import { pathBetween } from '../engine/rule.ts';
import type { Order, PlannedStatus } from './schema.ts';

/** The statuses that an order may move to from each status. A cancelled order stays cancelled. */
export const statusMoves = {
  'setting up': ['active', 'cancelled'],
  active: ['suspended', 'cancelled'],
  suspended: ['active', 'cancelled'],
} as const satisfies Partial<Record<Order['status'], readonly Order['status'][]>>;

type Reason = Pick<Order, 'reason' | 'cause'>;

/**
 * An order with another status. Each status on the way enters the history: of several moves that were made offline one
 * after another, a replica sends only where the order stands at last. The first activation sets the anchor.
 *
 * @param on the day from which it counts @param at when it was accepted, in milliseconds since 1970
 */
export function moveTo(
  order: Order,
  status: Exclude<Order['status'], 'setting up'>,
  { on, at, reason, cause }: Reason & { on: Day; at: number },
): Partial<Order> {
  const path = (pathBetween([statusMoves], order.status, status) ?? [status]) as (typeof status)[];
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
    // What was scheduled was scheduled for the order in its old status.
    nextStatus: null,
  };
  return status === 'cancelled' ? { ...moved, cancelsOn: null, change: null } : moved;
}

/** An order whose scheduled status begins. It counts from its own day, whenever the job runs. */
export function beginScheduled(
  order: Order,
  { on, status, reason, cause }: PlannedStatus,
  at: number,
): Partial<Order> {
  return moveTo(order, status, { on, at, reason, cause });
}

/** An order whose last day has come. */
export function endScheduled(order: Order, on: Day, at: number): Partial<Order> {
  return moveTo(order, 'cancelled', { on, at, reason: '', cause: null });
}
