import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chargesDue, maxChargesPerOrder, type BillableOrder, type Charge } from './charges.ts';
import { oracleCharges } from './charges.oracle.ts';
import { addDays, daysBetween } from './day.ts';

/* Properties of any order with any history. A failure can be repeated with the seed that fast-check prints. */

/** Set by `npm run test:long`: twenty times as many runs, and every anchor day of 111 years. */
const isLong = process.env['LONG'] === '1';
const runs = (few: number) => ({ numRuns: isLong ? few * 20 : few });

/** All generated days count from this day. */
const start = '2024-01-01';
const day = (from: number, to: number) => fc.integer({ min: from, max: to }).map((n) => addDays(start, n));

type Change = BillableOrder['history'][number];
/** 'on and off' (a year of frequent changes) and 'long' (years without a change) exceed the charges of one run. */
type Life = 'changes' | 'planned start' | 'on and off' | 'long';

const statuses = fc.constantFrom('active' as const, 'suspended' as const);
const upTo = (max: number) => fc.integer({ min: 0, max });
/** Random orders with one of these kinds of history. */
const ordersOf = (...lives: Life[]): fc.Arbitrary<BillableOrder> =>
  fc
    .record({
      life: fc.constantFrom(...lives),
      billingPeriod: fc.constantFrom('month', 'quarter', 'year', 'once'),
      chargedAt: fc.constantFrom('start', 'end'),
      alignment: fc.constantFrom('anniversary', 'calendar'),
      anchor: day(0, 400),
      // An admin may have set an anchor before or after the first day of activity.
      startsAfter: fc.integer({ min: -40, max: 40 }),
      anchorIsSet: fc.constantFrom(false, false, true),
      amounts: fc.array(upTo(100_000), { minLength: 1, maxLength: 4 }),
      pricesAfter: fc.array(upTo(120), { minLength: 4, maxLength: 4 }),
      changes: fc.array(fc.tuple(upTo(120), statuses), { maxLength: 6 }),
      gaps: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 66, maxLength: 90 }),
      cancelled: fc.option(upTo(200)),
      cancelsAfter: fc.option(upTo(500), { freq: 3 }),
      movesAfter: fc.option(fc.tuple(upTo(200), statuses)),
      // The end is before, on, or after the day of the scheduled status.
      endsNear: fc.option(fc.integer({ min: -3, max: 3 }), { freq: 2 }),
      billAfter: fc.option(upTo(300)),
      releasedAfter: fc.option(upTo(1_500)),
    })
    .map((picked) => {
      const { anchor, billingPeriod, chargedAt, alignment, life } = picked;
      const history: Change[] = [];
      let at = addDays(anchor, picked.startsAfter);
      const add = (after: number, status: Change['status']) => {
        at = addDays(at, after);
        history.push({ on: at, status });
      };
      if (life !== 'planned start') add(0, 'active');
      if (life === 'changes') for (const [after, status] of picked.changes) add(after, status);
      if (life === 'on and off') picked.gaps.forEach((gap, i) => add(gap, i % 2 ? 'active' : 'suspended'));
      const moves = life === 'planned start' ? ([0, 'active'] as const) : picked.movesAfter;
      const nextStatus = moves && { on: addDays(at, moves[0]), status: moves[1] };
      if (life === 'changes' && picked.cancelled !== null)
        history.push({ on: addDays(at, picked.cancelled), status: 'cancelled' });
      const prices = picked.amounts.map((amount, i) => ({
        from: addDays(
          anchor,
          picked.pricesAfter.slice(0, i + 1).reduce((sum, each) => sum + each, -60),
        ),
        amount,
      }));
      const later = (days: number | null) => (days === null ? null : addDays(anchor, days));
      return {
        id: 'o',
        client: 'c',
        billingPeriod,
        chargedAt,
        alignment,
        prices,
        history,
        nextStatus,
        anchor: life === 'planned start' && !picked.anchorIsSet ? null : anchor,
        cancelsOn:
          nextStatus !== null && picked.endsNear !== null
            ? addDays(nextStatus.on, picked.endsNear)
            : later(picked.cancelsAfter),
        billFrom: later(picked.billAfter),
        releasedUntil: later(picked.releasedAfter),
      };
    });
const anyOrder = ordersOf('changes', 'changes', 'changes', 'planned start', 'on and off', 'long');

const until = addDays(start, 900);
const chargesUntil = (order: BillableOrder, to = until) => chargesDue([order], [], to).charges;

test('charges of an order never share a day', () => {
  fc.assert(
    fc.property(anyOrder, (order) => {
      const charges = chargesUntil(order);
      charges.forEach((charge, i) => {
        const next = charges[i + 1];
        if (next) expect(charge.to <= next.from).toBe(true);
        expect(charge.from < charge.to).toBe(true);
      });
    }),
  );
});

test('several runs create the same charges as a single run on the last day', () => {
  fc.assert(
    fc.property(anyOrder, fc.integer({ min: 1, max: 400 }), (order, step) => {
      const made: Charge[] = [];
      for (let to = start; to < until; to = addDays(to, step))
        made.push(...chargesDue([order], made, to).charges);
      made.push(...chargesDue([order], made, until).charges);
      const once = chargesDue([order], [], until);
      fc.pre(once.held.length === 0);
      expect(made.toSorted((a, b) => (a.from < b.from ? -1 : 1))).toEqual(once.charges);
    }),
    runs(30),
  );
}, 600_000);

test('the billing run and the oracle create the same charges for any order', () => {
  fc.assert(
    fc.property(anyOrder, upTo(2_500), (order, runAfter) => {
      const to = addDays(start, runAfter);
      expect(chargesDue([order], [], to)).toEqual(oracleCharges([order], [], to));
    }),
    runs(400),
  );
});

test('the billing run and the oracle agree with any existing charges, even ones that no run would create', () => {
  const anyCharges = fc.array(fc.tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 1, max: 60 })), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(anyOrder, anyCharges, upTo(2_500), (order, days, runAfter) => {
      const existing = days.map(([at, days]) => ({
        order: order.id,
        from: addDays(start, at),
        to: addDays(start, at + days),
      }));
      const to = addDays(start, runAfter);
      expect(chargesDue([order], existing, to)).toEqual(oracleCharges([order], existing, to));
    }),
    runs(200),
  );
});

/** The order after the job has written its scheduled changes into the history. */
function applyScheduled(order: BillableOrder): BillableOrder {
  const { nextStatus, cancelsOn, history, anchor } = order;
  const begins = nextStatus && (cancelsOn === null || nextStatus.on < cancelsOn) ? [nextStatus] : [];
  const ends = cancelsOn === null ? [] : [{ on: cancelsOn, status: 'cancelled' as const }];
  const first = begins.find(({ status }) => status === 'active');
  return {
    ...order,
    nextStatus: null,
    cancelsOn: null,
    history: [...history, ...begins, ...ends],
    anchor: anchor ?? first?.on ?? null,
  };
}

test('a run creates the same charges before and after the job applies the scheduled changes', () => {
  fc.assert(
    fc.property(anyOrder, upTo(2_500), (order, runAfter) => {
      // Excluded: scheduled changes of an ended order, and those dated before the last change.
      const last = order.history.at(-1);
      fc.pre(last?.status !== 'cancelled' && (order.cancelsOn ?? '9999') > (last?.on ?? ''));
      const to = addDays(start, runAfter);
      expect(chargesDue([order], [], to)).toEqual(chargesDue([applyScheduled(order)], [], to));
    }),
    runs(200),
  );
});

/** Orders charged at the end, by many short stretches or by months for years: more charges than a run allows. */
const oversizedOrder = fc
  .tuple(ordersOf('on and off', 'long', 'planned start'), fc.constantFrom('month', 'year', 'year'))
  .map(([order, billingPeriod]): BillableOrder => {
    const plain = { ...order, chargedAt: 'end' as const, releasedUntil: null };
    const last = order.history.at(-1)?.on;
    if (order.history.length > 1)
      return { ...plain, billingPeriod, cancelsOn: order.cancelsOn ?? last ?? null };
    const begins = order.history.length === 0 ? order.nextStatus : null;
    return { ...plain, billingPeriod: 'month', cancelsOn: null, nextStatus: begins };
  });

test('a held order creates no charges, and after any release the billing run and the oracle agree', () => {
  const life = fc.record({
    order: oversizedOrder,
    // Null: the day of the end, on which everything is billable at once.
    runAfter: fc.option(fc.integer({ min: 300, max: 2_500 }), { freq: 2 }),
    billedAfter: fc.option(upTo(2_000)),
    laterBy: fc.oneof(upTo(60), upTo(1_500)),
  });
  fc.assert(
    fc.property(life, anyOrder, ({ order, runAfter, billedAfter, laterBy }, other) => {
      const runDay = runAfter === null ? (order.cancelsOn ?? until) : addDays(start, runAfter);
      const compared = (one: BillableOrder, existing: readonly Charge[], to: string) => {
        const orders = [one, { ...other, id: 'p' }];
        const found = chargesDue(orders, existing, to);
        expect(found).toEqual(oracleCharges(orders, existing, to));
        return found.charges.filter((charge) => charge.order === one.id);
      };
      fc.pre(oracleCharges([order], [], runDay).held.length > 0);
      expect(compared(order, [], runDay)).toEqual([]);
      const from = billedAfter === null ? '' : addDays(start, billedAfter);
      const billFrom = from > (order.billFrom ?? '') ? from : order.billFrom;
      const released = { ...order, billFrom, releasedUntil: runDay };
      const made = compared(released, [], runDay);
      if (billFrom === order.billFrom) expect(made.length).toBeGreaterThan(maxChargesPerOrder);
      expect(made.filter((charge) => charge.from < (billFrom ?? ''))).toEqual([]);
      const later = addDays(runDay, laterBy);
      compared(released, [], later);
      compared(released, made, later);
    }),
    runs(60),
  );
}, 600_000);

test('random orders include scheduled starts, scheduled suspensions, holds and releases often enough', () => {
  const orders = fc.sample(anyOrder, { seed: 1, numRuns: 400 });
  const runOf = (order: BillableOrder) => chargesDue([order], [], addDays(start, 2_500));
  const isHeld = (order: BillableOrder) => runOf(order).held.length > 0;
  const kinds = orders.flatMap((order) => {
    const { history, nextStatus, cancelsOn, billFrom, releasedUntil } = order;
    const ends =
      nextStatus && cancelsOn
        ? (['ends before', 'ends on', 'ends after'][1 + Math.sign(daysBetween(nextStatus.on, cancelsOn))] ??
          '')
        : 'stays';
    const isRunning = history.at(-1)?.status === 'active';
    const starts = history.length === 0 && nextStatus?.status === 'active';
    const isOversized = isHeld({ ...order, releasedUntil: null });
    return [
      ...(starts ? [`starts, ${ends}`] : []),
      ...(starts && order.anchor === null && runOf(order).charges.length > 0 ? ['starts, charged'] : []),
      ...(isRunning && nextStatus?.status === 'suspended' ? [`suspends, ${ends}`] : []),
      ...(isOversized ? [isHeld(order) ? 'held' : 'released'] : []),
      ...(releasedUntil !== null && isHeld(order) ? ['released, held again'] : []),
      ...(isOversized && billFrom !== null && releasedUntil !== null ? ['released from a day on'] : []),
    ];
  });
  const found = Map.groupBy(kinds, (kind) => kind);
  const rare = [...found].filter(([, { length }]) => length < 4).map(([kind]) => kind);
  expect({ kinds: found.size, rare }).toEqual({ kinds: 13, rare: [] });
});

test('the charges do not depend on the time zone of the machine: UTC, Madrid and Sydney', () => {
  const before = process.env['TZ'];
  const found = ['UTC', 'Europe/Madrid', 'Australia/Sydney'].map((zone) => {
    process.env['TZ'] = zone;
    const orders = fc.sample(anyOrder, { seed: 7, numRuns: 40 });
    return {
      offset: new Date(2026, 0, 1).getTimezoneOffset(),
      charges: orders.map((each) => chargesUntil(each)),
    };
  });
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
  expect(found.map(({ offset }) => offset)).toEqual([0, -60, -660]);
  for (const { charges } of found) expect(charges).toEqual(found[0]?.charges);
});
