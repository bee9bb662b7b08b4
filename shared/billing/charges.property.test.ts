import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chargesDue, mostChargesAnOrder, type BillableOrder, type Charge } from './charges.ts';
import { addDays, daysBetween } from './day.ts';

/** What must hold for any order, whatever its history: found by chance, repeated from the seed that fast-check prints. */

const start = '2024-01-01';
const day = (from: number, to: number) => fc.integer({ min: from, max: to }).map((n) => addDays(start, n));

const anyOrder: fc.Arbitrary<BillableOrder> = fc
  .record({
    unit: fc.constantFrom('month', 'quarter', 'year', 'once'),
    chargedAt: fc.constantFrom('start', 'end'),
    alignment: fc.constantFrom('anniversary', 'calendar'),
    anchor: day(0, 400),
    amount: fc.integer({ min: 1, max: 100_000 }),
    changes: fc.array(fc.tuple(fc.integer({ min: 1, max: 120 }), fc.constantFrom('active', 'suspended')), {
      maxLength: 6,
    }),
    cancelled: fc.option(fc.integer({ min: 0, max: 200 })),
  })
  .map(({ anchor, amount, changes, cancelled, ...rest }) => {
    const history: { on: string; status: 'active' | 'suspended' | 'cancelled' }[] = [
      { on: anchor, status: 'active' },
    ];
    let at = anchor;
    for (const [after, status] of changes) {
      at = addDays(at, after);
      history.push({ on: at, status });
    }
    if (cancelled !== null) history.push({ on: addDays(at, cancelled), status: 'cancelled' });
    const prices = [{ from: start, amount }];
    return { id: 'o', client: 'c', billFrom: null, cancelsOn: null, anchor, prices, history, ...rest };
  });

const until = addDays(start, 900);
const all = (order: BillableOrder, to = until) => chargesDue([order], [], to).charges;

function activeOn(order: BillableOrder, date: string): boolean {
  let active = false;
  for (const change of order.history) {
    if (change.on > date) break;
    active = change.status === 'active';
    if (change.status === 'cancelled') break;
  }
  return active;
}

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
    fc.property(anyOrder, fc.integer({ min: 1, max: 45 }), (order, step) => {
      const made: Charge[] = [];
      for (let to = start; to < until; to = addDays(to, step))
        made.push(...chargesDue([order], made, to).charges);
      made.push(...chargesDue([order], made, until).charges);
      const once = all(order);
      fc.pre(once.length <= mostChargesAnOrder);
      expect(made.toSorted((a, b) => (a.from < b.from ? -1 : 1))).toEqual(once);
    }),
    { numRuns: 60 },
  );
});

test('charged at the end: exactly the active days of the periods that are over are charged', () => {
  fc.assert(
    fc.property(anyOrder, (order) => {
      fc.pre(order.unit !== 'once' && order.chargedAt === 'end');
      // An amount of a few cents for a day may round to nothing, which makes no charge.
      fc.pre((order.prices[0]?.amount ?? 0) >= 400);
      const charges = all(order);
      const last = charges.reduce((latest, { to }) => (to > latest ? to : latest), order.anchor ?? start);
      for (let date = order.anchor ?? start; date < last; date = addDays(date, 1)) {
        const charged = charges.some(({ from, to }) => from <= date && date < to);
        expect(charged, date).toBe(activeOn(order, date));
      }
    }),
    { numRuns: 60 },
  );
});

test('twelve whole months, four quarters and a year cost what they cost', () => {
  fc.assert(
    fc.property(day(0, 365), fc.integer({ min: 1, max: 1_000_000 }), (anchor, amount) => {
      for (const [unit, times] of [
        ['month', 12],
        ['quarter', 4],
        ['year', 1],
      ] as const) {
        const order: BillableOrder = {
          ...{
            id: 'o',
            client: 'c',
            unit,
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
