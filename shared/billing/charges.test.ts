import { expect, test } from 'vitest';
import { chargesDue, type BillableOrder, type MadeCharge } from './charges.ts';

/* The worked examples of the billing rules. */

/** An active order with monthly periods, charged at their start. */
function order(over: Partial<BillableOrder> & { anchor: string; amount?: number }): BillableOrder {
  const { amount = 100, ...rest } = over;
  return {
    id: 'o1',
    client: 'c1',
    billingPeriod: 'month',
    chargedAt: 'start',
    alignment: 'anniversary',
    billFrom: null,
    cancelsOn: null,
    prices: [{ from: '2000-01-01', amount }],
    history: [{ on: over.anchor, status: 'active' }],
    ...rest,
  };
}

/** The charges of a run for one order, each as "from to amount due". */
function run(one: BillableOrder, day: string, existing: MadeCharge[] = []): string[] {
  return chargesDue([one], existing, day).charges.map((c) => `${c.from} ${c.to} ${c.amount} ${c.due}`);
}

test('1.00 a month from 31 January: periods are clamped to the month, and a year costs twelve charges or 12.00', () => {
  const charges = chargesDue([order({ anchor: '2025-01-31' })], [], '2026-01-30').charges;
  expect(charges.slice(0, 3).map((c) => [c.from, c.to, c.amount])).toEqual([
    ['2025-01-31', '2025-02-28', 100],
    ['2025-02-28', '2025-03-31', 100],
    ['2025-03-31', '2025-04-30', 100],
  ]);
  expect(charges).toHaveLength(12);
  expect(charges.reduce((sum, c) => sum + c.amount, 0)).toBe(1200);
});

test('6.00 a year from 29 February: periods begin on 28 February except in leap years', () => {
  const yearly = order({ anchor: '2024-02-29', billingPeriod: 'year', amount: 600 });
  expect(run(yearly, '2028-02-29').map((c) => c.split(' ')[0])).toEqual([
    '2024-02-29',
    '2025-02-28',
    '2026-02-28',
    '2027-02-28',
    '2028-02-29',
  ]);
});

test('9.00 a quarter from 30 November: the period in February ends on the 28th, the others on the 30th', () => {
  const quarterly = order({ anchor: '2025-11-30', billingPeriod: 'quarter', amount: 900 });
  expect(run(quarterly, '2026-11-29').map((c) => c.split(' ')[1])).toEqual([
    '2026-02-28',
    '2026-05-30',
    '2026-08-30',
    '2026-11-30',
  ]);
});

test('5.00 a calendar month from 15 January: first 17 of 31 days are charged, then whole months', () => {
  const calendar = order({ anchor: '2026-01-15', alignment: 'calendar', amount: 500 });
  expect(run(calendar, '2026-02-01')).toEqual([
    '2026-01-15 2026-02-01 274 2026-01-15',
    '2026-02-01 2026-03-01 500 2026-02-01',
  ]);
});

test('6.00 a calendar year from 15 October: first 78 of 365 days are charged', () => {
  const calendar = order({ anchor: '2026-10-15', alignment: 'calendar', billingPeriod: 'year', amount: 600 });
  expect(run(calendar, '2027-01-01')).toEqual([
    '2026-10-15 2027-01-01 128 2026-10-15',
    '2027-01-01 2028-01-01 600 2027-01-01',
  ]);
});

test('an anchor on a calendar boundary gives a whole first period', () => {
  const calendar = order({
    anchor: '2026-04-01',
    alignment: 'calendar',
    billingPeriod: 'quarter',
    amount: 900,
  });
  expect(run(calendar, '2026-04-01')).toEqual(['2026-04-01 2026-07-01 900 2026-04-01']);
});

test('an order that becomes active after its anchor is first charged for the rest of that period', () => {
  const late = order({
    anchor: '2026-01-31',
    amount: 1000,
    history: [{ on: '2026-03-20', status: 'active' }],
  });
  expect(run(late, '2026-03-31')).toEqual([
    '2026-03-20 2026-03-31 355 2026-03-20',
    '2026-03-31 2026-04-30 1000 2026-03-31',
  ]);
});

test('a new price applies from the next period on', () => {
  const prices = [
    { from: '2026-01-01', amount: 500 },
    { from: '2026-02-20', amount: 600 },
  ];
  expect(run(order({ anchor: '2026-01-15', prices }), '2026-03-15').map((c) => c.split(' ')[2])).toEqual([
    '500',
    '500',
    '600',
  ]);
});

test('charged at the end: an order that was suspended and resumed is charged for each stretch of active days', () => {
  const history: BillableOrder['history'] = [
    { on: '2026-02-10', status: 'active' },
    { on: '2026-03-05', status: 'suspended' },
    { on: '2026-03-15', status: 'active' },
  ];
  const atEnd = order({ anchor: '2026-02-10', chargedAt: 'end', amount: 300, history });
  expect(run(atEnd, '2026-04-10')).toEqual([
    '2026-02-10 2026-03-05 246 2026-03-10',
    '2026-03-15 2026-04-10 252 2026-04-10',
  ]);
  expect(run(atEnd, '2026-03-09')).toEqual([]);
});

test('charged at the end: the last charges of a cancelled order are billable on the day of cancellation', () => {
  const history: BillableOrder['history'] = [
    { on: '2026-02-10', status: 'active' },
    { on: '2026-03-20', status: 'suspended' },
    { on: '2026-03-25', status: 'active' },
    { on: '2026-04-05', status: 'cancelled' },
  ];
  const atEnd = order({ anchor: '2026-02-10', chargedAt: 'end', amount: 300, history });
  expect(run(atEnd, '2026-04-05')).toEqual([
    '2026-02-10 2026-03-10 300 2026-03-10',
    '2026-03-10 2026-03-20 97 2026-04-05',
    '2026-03-25 2026-04-05 106 2026-04-05',
  ]);
});

test('an order that resumes within a charged period is not charged again for that period', () => {
  const history: BillableOrder['history'] = [
    { on: '2026-05-01', status: 'active' },
    { on: '2026-05-10', status: 'suspended' },
    { on: '2026-05-20', status: 'active' },
    { on: '2026-05-25', status: 'suspended' },
    { on: '2026-06-15', status: 'active' },
  ];
  expect(run(order({ anchor: '2026-05-01', amount: 999, history }), '2026-06-30')).toEqual([
    '2026-05-01 2026-06-01 999 2026-05-01',
    '2026-06-15 2026-07-01 533 2026-06-15',
  ]);
});

test('a one-time order is charged once, at the price in force on that day', () => {
  const prices = [
    { from: '2026-01-01', amount: 1000 },
    { from: '2026-01-05', amount: 1200 },
  ];
  const history: BillableOrder['history'] = [{ on: '2026-01-10', status: 'active' }];
  const once = order({ anchor: '2026-01-01', billingPeriod: 'once', prices, history });
  expect(run(once, '2026-12-31')).toEqual(['2026-01-10 2026-01-11 1200 2026-01-10']);
  expect(run(once, '2026-12-31', [{ order: 'o1', from: '2026-01-10', to: '2026-01-11' }])).toEqual([]);
});

test('an order that is cancelled on the day of activation is not charged', () => {
  const history: BillableOrder['history'] = [
    { on: '2026-01-01', status: 'active' },
    { on: '2026-01-01', status: 'cancelled' },
  ];
  expect(run(order({ anchor: '2026-01-01', history }), '2026-12-31')).toEqual([]);
});

test('a second run creates no charges, and no charge shares a day with an existing one', () => {
  const one = order({ anchor: '2026-01-01' });
  const existing = chargesDue([one], [], '2026-03-15').charges;
  expect(run(one, '2026-03-15', existing)).toEqual([]);
  expect(run(one, '2026-01-20', [{ order: 'o1', from: '2026-01-31', to: '2026-02-01' }])).toEqual([]);
});

test('a free service creates no charge', () => {
  expect(run(order({ anchor: '2026-01-01', amount: 0 }), '2026-12-31')).toEqual([]);
});

test('an order with more than 36 charges in one run is held, and other orders are charged as usual', () => {
  const old = order({ anchor: '2020-01-01' });
  const fresh = { ...order({ anchor: '2026-01-01' }), id: 'o2' };
  const { charges, held } = chargesDue([old, fresh], [], '2026-01-31');
  expect(held).toEqual([{ order: 'o1', reason: 'too-many-charges' }]);
  expect(charges.map((c) => c.order)).toEqual(['o2']);
});

test('a release creates all held charges up to its day, or only those from a chosen day on', () => {
  const countsOn = (one: BillableOrder, day: string) => {
    const { charges, held } = chargesDue([one], [], day);
    return `${charges.length} made, ${held.length} held`;
  };
  const old = order({ anchor: '2020-01-01' });
  expect(countsOn(old, '2022-12-31')).toBe('36 made, 0 held');
  expect(countsOn(old, '2023-01-01')).toBe('0 made, 1 held');
  const all = { ...old, releasedUntil: '2023-01-01' };
  expect(countsOn(all, '2023-01-01')).toBe('37 made, 0 held');
  expect(countsOn(all, '2026-01-01')).toBe('73 made, 0 held');
  const some = { ...all, billFrom: '2022-12-11' };
  expect(run(some, '2023-01-01')).toEqual([
    '2022-12-11 2023-01-01 68 2022-12-11',
    '2023-01-01 2023-02-01 100 2023-01-01',
  ]);
});

test('37 later charges hold a released order again, but the released charges are still created', () => {
  const released = order({ anchor: '2020-01-01', releasedUntil: '2023-01-01' });
  const { charges, held } = chargesDue([released], [], '2026-02-01');
  expect(held).toEqual([{ order: 'o1', reason: 'too-many-charges' }]);
  expect(charges).toEqual(chargesDue([released], [], '2023-01-01').charges);
  expect(charges).toHaveLength(37);
  expect(chargesDue([released], charges, '2026-02-01')).toEqual({ charges: [], held });
  const again = { ...released, releasedUntil: '2026-02-01' };
  expect(run(again, '2026-02-01', charges)).toHaveLength(37);
});

test('charges that become billable on the day of the release are released too', () => {
  const days = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString().slice(0, 10);
  const history = Array.from({ length: 76 }, (_, i) => ({
    on: days(i + 1),
    status: i % 2 ? ('suspended' as const) : ('active' as const),
  }));
  const ended = order({
    anchor: '2026-01-01',
    billingPeriod: 'year',
    chargedAt: 'end',
    amount: 36_500,
    history,
  });
  const one = { ...ended, cancelsOn: '2026-06-01' };
  expect(run(one, '2026-06-01')).toEqual([]);
  expect(run({ ...one, releasedUntil: '2026-05-31' }, '2026-06-01')).toEqual([]);
  expect(run({ ...one, releasedUntil: '2026-06-01' }, '2026-06-01')).toHaveLength(38);
});

test('days before billFrom and days from cancelsOn on are not charged', () => {
  const one = order({
    anchor: '2026-01-01',
    chargedAt: 'end',
    amount: 310,
    billFrom: '2026-01-11',
    cancelsOn: '2026-02-01',
  });
  expect(run(one, '2026-12-31')).toEqual(['2026-01-11 2026-02-01 210 2026-02-01']);
});

test('a scheduled status counts from its day on, and a scheduled first activation sets the start of the periods', () => {
  const suspends = order({
    anchor: '2026-01-01',
    chargedAt: 'end',
    amount: 310,
    nextStatus: { on: '2026-01-11', status: 'suspended' },
  });
  expect(run(suspends, '2026-12-31')).toEqual(['2026-01-01 2026-01-11 100 2026-02-01']);
  const begins = order({
    anchor: '2026-01-11',
    amount: 310,
    nextStatus: { on: '2026-01-11', status: 'active' },
  });
  expect(run({ ...begins, anchor: null, history: [] }, '2026-01-31')).toEqual([
    '2026-01-11 2026-02-11 310 2026-01-11',
  ]);
});
