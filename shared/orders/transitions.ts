import type { Day } from '../billing/day.ts';
import { sameValue } from '../engine/same-value.ts';
import type { AgreedPrice, Order, PlannedChange, PlannedStatus } from './schema.ts';

/** Something that happened to an order. Derived fields and e-mails depend on transitions. */
export type Transition =
  | { type: 'repriced'; rows: AgreedPrice[] }
  | { type: 'end-scheduled'; on: Day }
  | { type: 'end-undone' }
  | { type: 'status-scheduled'; next: PlannedStatus }
  | { type: 'status-unscheduled' }
  | { type: 'change-scheduled'; change: PlannedChange }
  | { type: 'change-undone' }
  /** The service or its options have changed. `wasScheduled`: by a scheduled change. */
  | { type: 'changed'; wasScheduled: boolean }
  | { type: MoveType; from: Order['status'] };
type MoveType = 'activated' | 'suspended' | 'cancelled' | 'withdrawn';

const moves = { active: 'activated', suspended: 'suspended', cancelled: 'cancelled' } as const;

/**
 * Lists what happened to an order between two states. A replica sends all offline changes of an order as one write, so
 * there may be several transitions. A cancellation ends everything scheduled, so those fields are not listed beside it.
 */
export function transitionsOf(before: Order, after: Order): Transition[] {
  const transitions: Transition[] = [];
  const isCancelled = after.status === 'cancelled' && before.status !== 'cancelled';
  const termsChanged = before.service !== after.service || !sameValue(before.options, after.options);
  if (!sameValue(before.prices, after.prices))
    transitions.push({ type: 'repriced', rows: newRows(before, after) });
  if (before.cancelsOn !== after.cancelsOn && !isCancelled) {
    const { cancelsOn: on } = after;
    transitions.push(on === null ? { type: 'end-undone' } : { type: 'end-scheduled', on });
  }
  if (!sameValue(before.nextStatus, after.nextStatus) && !isCancelled) {
    const { nextStatus: next } = after;
    transitions.push(next ? { type: 'status-scheduled', next } : { type: 'status-unscheduled' });
  }
  if (termsChanged) {
    transitions.push({ type: 'changed', wasScheduled: isAsScheduled(before, after) });
  } else if (!sameValue(before.change, after.change) && !isCancelled) {
    const { change } = after;
    transitions.push(change ? { type: 'change-scheduled', change } : { type: 'change-undone' });
  }
  if (before.status !== after.status && after.status !== 'setting up') {
    const type = after.cause === 'withdrawal' ? 'withdrawn' : moves[after.status];
    transitions.push({ type, from: before.status });
  }
  return transitions;
}

/** True for a change of status. */
export function isMove(transition: Transition): transition is Transition & { type: MoveType } {
  return ['activated', 'suspended', 'cancelled', 'withdrawn'].includes(transition.type);
}

/** Price rows that were added: at most one per day, and none that only repeats the amount of the row before it. */
function newRows({ prices: before }: Order, { prices }: Order): AgreedPrice[] {
  const added = prices.filter((row) => !before.some((known) => sameValue(known, row)));
  const days = added.filter(({ from }, i) => added[i + 1]?.from !== from);
  return days.filter(({ amount }, i) => amount !== days[i - 1]?.amount);
}

/** True if the order became what its scheduled change says. A device may instead undo that change and make another. */
function isAsScheduled({ change }: Order, { service, options }: Order): boolean {
  return change !== null && change.service === service && sameValue(change.options, options);
}
