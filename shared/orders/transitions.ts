import type { Day } from '../billing/day.ts';
import { sameValue } from '../engine/same-value.ts';
import type { AgreedPrice, Order, PlannedChange, PlannedStatus } from './schema.ts';

/** Something that happened to an order. The server derives fields and sends e-mails by it, never by compared fields. */
export type Transition =
  | { type: 'repriced'; rows: AgreedPrice[] }
  | { type: 'end-scheduled'; on: Day }
  | { type: 'end-undone' }
  | { type: 'status-scheduled'; next: PlannedStatus }
  | { type: 'status-unscheduled' }
  | { type: 'change-scheduled'; change: PlannedChange }
  | { type: 'change-undone' }
  /** The service or its options are others now. `wasScheduled`: its day had come. */
  | { type: 'changed'; wasScheduled: boolean }
  | { type: MoveType; from: Order['status'] };
type MoveType = 'activated' | 'suspended' | 'cancelled' | 'withdrawn';

const moves = { active: 'activated', suspended: 'suspended', cancelled: 'cancelled' } as const;

/**
 * What happened to an order between two states of it. A replica sends what it did offline as one write, so several
 * things may have happened. A cancellation ends what was scheduled, so that is not listed beside it.
 */
export function transitionsOf(before: Order, after: Order): Transition[] {
  const found: Transition[] = [];
  const isOver = after.status === 'cancelled';
  const isOther = before.service !== after.service || !sameValue(before.options, after.options);
  if (!sameValue(before.prices, after.prices)) found.push({ type: 'repriced', rows: newRows(before, after) });
  if (before.cancelsOn !== after.cancelsOn && !isOver) {
    const { cancelsOn: on } = after;
    found.push(on === null ? { type: 'end-undone' } : { type: 'end-scheduled', on });
  }
  if (!sameValue(before.nextStatus, after.nextStatus) && !isOver) {
    const { nextStatus: next } = after;
    found.push(next ? { type: 'status-scheduled', next } : { type: 'status-unscheduled' });
  }
  if (isOther) {
    found.push({ type: 'changed', wasScheduled: before.change !== null });
  } else if (!sameValue(before.change, after.change) && !isOver) {
    const { change } = after;
    found.push(change ? { type: 'change-scheduled', change } : { type: 'change-undone' });
  }
  if (before.status !== after.status && after.status !== 'setting up') {
    const type = after.cause === 'withdrawal' ? 'withdrawn' : moves[after.status];
    found.push({ type, from: before.status });
  }
  return found;
}

/** True for a change of status. */
export function isMove(transition: Transition): transition is Transition & { type: MoveType } {
  return ['activated', 'suspended', 'cancelled', 'withdrawn'].includes(transition.type);
}

/** Agreed price rows that were not there before: one a day, and none that only repeats the row before it. */
function newRows({ prices: before }: Order, { prices }: Order): AgreedPrice[] {
  const added = prices.filter((row) => !before.some((known) => sameValue(known, row)));
  const days = added.filter(({ from }, i) => added[i + 1]?.from !== from);
  return days.filter(({ amount }, i) => amount !== days[i - 1]?.amount);
}
