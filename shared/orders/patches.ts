import type { Day } from '../billing/day.ts';
import type { AgreedPrice, Order, PlannedChange, PlannedStatus } from './schema.ts';

/*
 * What a person writes to an order: for each transition the fields that the app sends. The server checks them and derives
 * the rest (server/orders/derive.ts).
 */

type Why = Pick<Order, 'reason' | 'cause'>;

/** A cancellation by the client. A client may not write `nextStatus`; the server clears it. */
export function cancel(): Partial<Order> {
  return { status: 'cancelled' };
}

/** A new status that staff sets at once. It replaces a scheduled one. */
export function setStatus(status: Order['status'], why: Partial<Why> = {}): Partial<Order> {
  return { status, nextStatus: null, ...why };
}

/** A status from a future day on. */
export function scheduleStatus(next: PlannedStatus): Partial<Order> {
  return { nextStatus: next };
}

/** The end of an order. `on`: the first day without service. */
export function scheduleEnd(on: Day): Partial<Order> {
  return { cancelsOn: on };
}

/** The end of an order, set by staff. It drops a status that is scheduled for that day or later. */
export function scheduleEndByStaff({ nextStatus }: Pick<Order, 'nextStatus'>, on: Day): Partial<Order> {
  return nextStatus && nextStatus.on >= on ? { ...scheduleEnd(on), nextStatus: null } : scheduleEnd(on);
}

/** The consumer's withdrawal from the contract. */
export function withdraw(): Partial<Order> {
  return { status: 'cancelled', cause: 'withdrawal' };
}

/** A change of the service or its options. The server sets the day of a change for the next period. */
export function requestChange(change: Omit<PlannedChange, 'on'>): Partial<Order> {
  return { change: { ...change, on: null } };
}

/** A price from a day on. Prices agreed for later days stay. */
export function addPrice({ prices }: Pick<Order, 'prices'>, row: AgreedPrice): Partial<Order> {
  return { prices: [...prices, row] };
}

/** Undoes something scheduled. */
export function undoScheduled(field: 'cancelsOn' | 'nextStatus' | 'change'): Partial<Order> {
  return { [field]: null };
}

/** A client cannot undo an end that staff has set. `by`: the id of the person who wants to undo it. */
export function mayUndoEnd({ client, endsBy }: Pick<Order, 'client' | 'endsBy'>, by: string): boolean {
  return by !== client || endsBy !== 'staff';
}
