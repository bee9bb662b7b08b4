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

const statuses = fc.constantFrom('active' as const, 'suspended' as const);
const anyOrder: fc.Arbitrary<BillableOrder> = fc
  .record({
    billingPeriod: fc.constantFrom('month', 'quarter', 'year', 'once'),
    chargedAt: fc.constantFrom('start', 'end'),
    alignment: fc.constantFrom('anniversary', 'calendar'),
    anchor: day(0, 400),
    // An admin may have set an anchor before or after the day the order first became active.
    startsAfter: fc.integer({ min: -40, max: 40 }),
    amounts: fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 4 }),
    pricesAfter: fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 4, maxLength: 4 }),
    changes: fc.array(fc.tuple(fc.integer({ min: 0, max: 120 }), statuses), { maxLength: 6 }),
    cancelled: fc.option(fc.integer({ min: 0, max: 200 })),
    cancelsAfter: fc.option(fc.integer({ min: 0, max: 500 })),
    movesAfter: fc.option(
      fc.tuple(fc.integer({ min: 0, max: 200 }), fc.constantFrom('active' as const, 'suspended' as const)),
    ),
    billAfter: fc.option(fc.integer({ min: 0, max: 300 })),
  })
  .map((picked) => {
    const { anchor, billingPeriod, chargedAt, alignment } = picked;
    const history: { on: string; status: 'active' | 'suspended' | 'cancelled' }[] = [];
    let at = addDays(anchor, picked.startsAfter);
    history.push({ on: at, status: 'active' });
    for (const [after, status] of picked.changes) {
      at = addDays(at, after);
      history.push({ on: at, status });
    }
    if (picked.cancelled !== null) history.push({ on: addDays(at, picked.cancelled), status: 'cancelled' });
    const prices = picked.amounts.map((amount, i) => ({
      from: addDays(
        anchor,
        picked.pricesAfter.slice(0, i + 1).reduce((sum, each) => sum + each, -60),
      ),
      amount,
    }));
    const later = (days: number | null) => (days === null ? null : addDays(anchor, days));
    return {
      ...{ id: 'o', client: 'c', billingPeriod, chargedAt, alignment, anchor, prices, history },
      ...{ cancelsOn: later(picked.cancelsAfter), billFrom: later(picked.billAfter) },
      nextStatus: picked.movesAfter && {
        on: addDays(at, picked.movesAfter[0]),
        status: picked.movesAfter[1],
      },
    };
  });

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
      const once = all(order);
      fc.pre(once.length <= mostChargesAnOrder);
      expect(made.toSorted((a, b) => (a.from < b.from ? -1 : 1))).toEqual(once);
    }),
    runs(30),
  );
}, 600_000);

test('a second program that walks from day to day comes to the same charges, whatever the order and its life', () => {
  fc.assert(
    fc.property(anyOrder, fc.integer({ min: 0, max: 1_300 }), (order, lookedAfter) => {
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
    fc.property(anyOrder, anyMade, fc.integer({ min: 0, max: 1_000 }), (order, before, lookedAfter) => {
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
