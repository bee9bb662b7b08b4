import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chargesDue, type BillableOrder } from './charges.ts';
import { oracleCharges } from './charges.oracle.ts';
import { addDays, daysBetween } from './day.ts';

/* Properties of the periods of an active order, for every anchor day. */

/** Set by `npm run test:long`: every anchor day of 111 years. */
const isLong = process.env['LONG'] === '1';

const start = '2024-01-01';
const billingPeriods = ['month', 'quarter', 'year', 'once'] as const;

test('the billing run and the oracle agree on the first periods for every anchor day, period length and alignment', () => {
  const last = isLong ? '2100-12-31' : '2028-03-02';
  for (let anchor = isLong ? '1990-01-01' : '2028-01-27'; anchor <= last; anchor = addDays(anchor, 1)) {
    const orders = billingPeriods.flatMap((billingPeriod) =>
      (['anniversary', 'calendar'] as const).flatMap((alignment) =>
        (['start', 'end'] as const).map((chargedAt): BillableOrder => ({
          id: `${billingPeriod} ${alignment} ${chargedAt}`,
          client: 'c',
          billingPeriod,
          alignment,
          chargedAt,
          anchor,
          billFrom: null,
          cancelsOn: null,
          prices: [{ from: anchor, amount: 9_99 }],
          history: [{ on: anchor, status: 'active' }],
        })),
      ),
    );
    const to = addDays(anchor, 400);
    expect(chargesDue(orders, [], to), anchor).toEqual(oracleCharges(orders, [], to));
  }
}, 3_600_000);

test('twelve whole months, four quarters or one year cost exactly that many times the price', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 365 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      (dayOfYear, amount) => {
        const anchor = addDays(start, dayOfYear);
        for (const [billingPeriod, times] of [
          ['month', 12],
          ['quarter', 4],
          ['year', 1],
        ] as const) {
          const order: BillableOrder = {
            id: 'o',
            client: 'c',
            billingPeriod,
            chargedAt: 'start',
            alignment: 'anniversary',
            anchor,
            billFrom: null,
            cancelsOn: null,
            prices: [{ from: start, amount }],
            history: [{ on: anchor, status: 'active' as const }],
          };
          const charges = chargesDue([order], [], addDays(anchor, 400)).charges.slice(0, times);
          expect(charges.reduce((sum, charge) => sum + charge.amount, 0)).toBe(times * amount);
          expect(daysBetween(anchor, charges.at(-1)?.to ?? anchor)).toBeGreaterThanOrEqual(365);
        }
      },
    ),
  );
});
