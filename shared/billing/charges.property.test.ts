import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chargesDue, mostChargesAnOrder, type BillableOrder, type Charge } from './charges.ts';
import { oracleCharges } from './charges.oracle.ts';
import { addDays, daysBetween } from './day.ts';

/** What must hold for any order, whatever its history: found by chance, repeated from the seed that fast-check prints. */

/** `npm run test:long` sets it: more of everything, and every anchor day of 111 years. */
const long = process.env['LONG'] === '1';
const runs = (few: number) => ({ numRuns: long ? few * 20 : few });

const start = '2024-01-01';
const day = (from: number, to: number) => fc.integer({ min: from, max: to }).map((n) => addDays(start, n));

type Change = BillableOrder['history'][number];
/** A year of days on and off, and years without a change, give more charges than one run makes for an order. */
type Life = 'changes' | 'planned start' | 'on and off' | 'long';

const statuses = fc.constantFrom('active' as const, 'suspended' as const);
const upTo = (max: number) => fc.integer({ min: 0, max });
const ordersOf = (...lives: Life[]): fc.Arbitrary<BillableOrder> =>
  fc
    .record({
      life: fc.constantFrom(...lives),
      billingPeriod: fc.constantFrom('month', 'quarter', 'year', 'once'),
      chargedAt: fc.constantFrom('start', 'end'),
      alignment: fc.constantFrom('anniversary', 'calendar'),
      anchor: day(0, 400),
      // An admin may have set an anchor before or after the day the order first became active.
      startsAfter: fc.integer({ min: -40, max: 40 }),
      anchorIsSet: fc.constantFrom(false, false, true),
      amounts: fc.array(upTo(100_000), { minLength: 1, maxLength: 4 }),
      pricesAfter: fc.array(upTo(120), { minLength: 4, maxLength: 4 }),
      changes: fc.array(fc.tuple(upTo(120), statuses), { maxLength: 6 }),
      gaps: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 66, maxLength: 90 }),
      cancelled: fc.option(upTo(200)),
      cancelsAfter: fc.option(upTo(500), { freq: 3 }),
      movesAfter: fc.option(fc.tuple(upTo(200), statuses)),
      // The end lies before the planned day, on it, or after it.
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
        ...{ id: 'o', client: 'c', billingPeriod, chargedAt, alignment, prices, history, nextStatus },
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

const units = ['month', 'quarter', 'year', 'once'] as const;
const until = addDays(start, 900);
const all = (order: BillableOrder, to = until) => chargesDue([order], [], to).charges;

test('charges of an order never share a day', () => {
  fc.assert(
    fc.property(anyOrder, (order) => {
      const charges = all(order);
      charges.forEach((charge, i) => {
        const next = charges[i + 1];
        if (next) expect(charge.to <= next.from).toBe(true);
        expect(charge.from < charge.to).toBe(true);
      });
    }),
  );
});

test('looking every day makes the same charges as one look after the lost days', () => {
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

test('a second program that walks from day to day comes to the same charges, whatever the order and its life', () => {
  fc.assert(
    fc.property(anyOrder, upTo(2_500), (order, lookedAfter) => {
      const to = addDays(start, lookedAfter);
      expect(chargesDue([order], [], to)).toEqual(oracleCharges([order], [], to));
    }),
    runs(400),
  );
});

test('the same with charges made before: at any days, also such as no run would make today', () => {
  const anyMade = fc.array(fc.tuple(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 1, max: 60 })), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(anyOrder, anyMade, upTo(2_500), (order, before, lookedAfter) => {
      const made = before.map(([at, days]) => ({
        order: order.id,
        from: addDays(start, at),
        to: addDays(start, at + days),
      }));
      const to = addDays(start, lookedAfter);
      expect(chargesDue([order], made, to)).toEqual(oracleCharges([order], made, to));
    }),
    runs(200),
  );
});

/** The order after the job has written into its history what was planned. */
function written(order: BillableOrder): BillableOrder {
  const { nextStatus, cancelsOn, history, anchor } = order;
  const begins = nextStatus && (cancelsOn === null || nextStatus.on < cancelsOn) ? [nextStatus] : [];
  const ends = cancelsOn === null ? [] : [{ on: cancelsOn, status: 'cancelled' as const }];
  const first = begins.find(({ status }) => status === 'active');
  return {
    ...{ ...order, nextStatus: null, cancelsOn: null },
    ...{ history: [...history, ...begins, ...ends], anchor: anchor ?? first?.on ?? null },
  };
}

test('a run before the job writes what was planned makes the charges of a run after it', () => {
  fc.assert(
    fc.property(anyOrder, upTo(2_500), (order, lookedAfter) => {
      // Nothing is planned for an order that has ended, nor written before an earlier change.
      const last = order.history.at(-1);
      fc.pre(last?.status !== 'cancelled' && (order.cancelsOn ?? '9999') > (last?.on ?? ''));
      const to = addDays(start, lookedAfter);
      expect(chargesDue([order], [], to)).toEqual(chargesDue([written(order)], [], to));
    }),
    runs(200),
  );
});

/** Charged at end, in stretches of days or in months of years: more charges at once than a run makes. */
const muchAtOnce = fc
  .tuple(ordersOf('on and off', 'long', 'planned start'), fc.constantFrom('month', 'year', 'year'))
  .map(([order, billingPeriod]): BillableOrder => {
    const plain = { ...order, chargedAt: 'end' as const, releasedUntil: null };
    const last = order.history.at(-1)?.on;
    if (order.history.length > 1) return { ...plain, billingPeriod, cancelsOn: order.cancelsOn ?? last ?? null };
    const begins = order.history.length === 0 ? order.nextStatus : null;
    return { ...plain, billingPeriod: 'month', cancelsOn: null, nextStatus: begins };
  });

test('a held order makes nothing; released, all or from a day on, both programs make the same, then and later', () => {
  const life = fc.record({
    order: muchAtOnce,
    // On the day of the end all is billable at once, on the day of the release.
    lookedAfter: fc.option(fc.integer({ min: 300, max: 2_500 }), { freq: 2 }),
    billedAfter: fc.option(upTo(2_000)),
    lostDays: fc.oneof(upTo(60), upTo(1_500)),
  });
  fc.assert(
    fc.property(life, anyOrder, ({ order, lookedAfter, billedAfter, lostDays }, other) => {
      const looked = lookedAfter === null ? (order.cancelsOn ?? until) : addDays(start, lookedAfter);
      const compared = (one: BillableOrder, made: readonly Charge[], to: string) => {
        const orders = [one, { ...other, id: 'p' }];
        const found = chargesDue(orders, made, to);
        expect(found).toEqual(oracleCharges(orders, made, to));
        return found.charges.filter((charge) => charge.order === one.id);
      };
      fc.pre(oracleCharges([order], [], looked).held.length > 0);
      expect(compared(order, [], looked)).toEqual([]);
      const from = billedAfter === null ? '' : addDays(start, billedAfter);
      const billFrom = from > (order.billFrom ?? '') ? from : order.billFrom;
      const released = { ...order, billFrom, releasedUntil: looked };
      const made = compared(released, [], looked);
      if (billFrom === order.billFrom) expect(made.length).toBeGreaterThan(mostChargesAnOrder);
      expect(made.filter((charge) => charge.from < (billFrom ?? ''))).toEqual([]);
      const later = addDays(looked, lostDays);
      compared(released, [], later);
      compared(released, made, later);
    }),
    runs(60),
  );
}, 600_000);

test('chance makes planned starts, planned suspensions, holds and releases often enough to compare them', () => {
  const orders = fc.sample(anyOrder, { seed: 1, numRuns: 400 });
  const look = (order: BillableOrder) => chargesDue([order], [], addDays(start, 2_500));
  const isHeld = (order: BillableOrder) => look(order).held.length > 0;
  const kinds = orders.flatMap((order) => {
    const { history, nextStatus, cancelsOn, billFrom, releasedUntil } = order;
    const ends =
      nextStatus && cancelsOn
        ? (['ends before', 'ends on', 'ends after'][1 + Math.sign(daysBetween(nextStatus.on, cancelsOn))] ??
          '')
        : 'stays';
    const isRunning = history.at(-1)?.status === 'active';
    const starts = history.length === 0 && nextStatus?.status === 'active';
    const isTooMuch = isHeld({ ...order, releasedUntil: null });
    return [
      ...(starts ? [`starts, ${ends}`] : []),
      ...(starts && order.anchor === null && look(order).charges.length > 0 ? ['starts, charged'] : []),
      ...(isRunning && nextStatus?.status === 'suspended' ? [`suspends, ${ends}`] : []),
      ...(isTooMuch ? [isHeld(order) ? 'held' : 'released'] : []),
      ...(releasedUntil !== null && isHeld(order) ? ['released, held again'] : []),
      ...(isTooMuch && billFrom !== null && releasedUntil !== null ? ['released from a day on'] : []),
    ];
  });
  const found = Map.groupBy(kinds, (kind) => kind);
  const rare = [...found].filter(([, { length }]) => length < 4).map(([kind]) => kind);
  expect({ kinds: found.size, rare }).toEqual({ kinds: 13, rare: [] });
});

test('every anchor day, unit and alignment: both programs agree on the first periods', () => {
  const last = long ? '2100-12-31' : '2028-03-02';
  for (let anchor = long ? '1990-01-01' : '2028-01-27'; anchor <= last; anchor = addDays(anchor, 1)) {
    const orders = units.flatMap((billingPeriod) =>
      (['anniversary', 'calendar'] as const).flatMap((alignment) =>
        (['start', 'end'] as const).map((chargedAt): BillableOrder => ({
          ...{ id: `${billingPeriod} ${alignment} ${chargedAt}`, client: 'c', billingPeriod, alignment, chargedAt, anchor },
          ...{ billFrom: null, cancelsOn: null, prices: [{ from: anchor, amount: 9_99 }] },
          history: [{ on: anchor, status: 'active' }],
        })),
      ),
    );
    const to = addDays(anchor, 400);
    expect(chargesDue(orders, [], to), anchor).toEqual(oracleCharges(orders, [], to));
  }
}, 3_600_000);

test('the time zone of the machine changes no day: UTC, Madrid and Sydney', () => {
  const before = process.env['TZ'];
  const found = ['UTC', 'Europe/Madrid', 'Australia/Sydney'].map((zone) => {
    process.env['TZ'] = zone;
    const order = fc.sample(anyOrder, { seed: 7, numRuns: 40 });
    return { offset: new Date(2026, 0, 1).getTimezoneOffset(), charges: order.map((each) => all(each)) };
  });
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
  expect(found.map(({ offset }) => offset)).toEqual([0, -60, -660]);
  for (const { charges } of found) expect(charges).toEqual(found[0]?.charges);
});

test('twelve whole months, four quarters and a year cost what they cost', () => {
  fc.assert(
    fc.property(day(0, 365), fc.integer({ min: 1, max: 1_000_000 }), (anchor, amount) => {
      for (const [billingPeriod, times] of [
        ['month', 12],
        ['quarter', 4],
        ['year', 1],
      ] as const) {
        const order: BillableOrder = {
          ...{
            id: 'o',
            client: 'c',
            billingPeriod,
            chargedAt: 'start',
            alignment: 'anniversary',
            anchor,
            billFrom: null,
          },
          ...{
            cancelsOn: null,
            prices: [{ from: start, amount }],
            history: [{ on: anchor, status: 'active' as const }],
          },
        };
        const charges = all(order, addDays(anchor, 400)).slice(0, times);
        expect(charges.reduce((sum, charge) => sum + charge.amount, 0)).toBe(times * amount);
        expect(daysBetween(anchor, charges.at(-1)?.to ?? anchor)).toBeGreaterThanOrEqual(365);
      }
    }),
  );
});
