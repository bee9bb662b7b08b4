import { expect, test } from 'vitest';
import { chargesDue, type BillableOrder, type MadeCharge } from './charges.ts';

/** The worked examples of the billing rules: an order, a day, and the charges as "from to amount due". */
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

function run(one: BillableOrder, day: string, made: MadeCharge[] = []): string[] {
  return chargesDue([one], made, day).charges.map((c) => `${c.from} ${c.to} ${c.amount} ${c.due}`);
}

test('1.00 a month from 31 January: clamped to the month, twelve in a year, 12.00', () => {
  const charges = chargesDue([order({ anchor: '2025-01-31' })], [], '2026-01-30').charges;
  expect(charges.slice(0, 3).map((c) => [c.from, c.to, c.amount])).toEqual([
    ['2025-01-31', '2025-02-28', 100],
    ['2025-02-28', '2025-03-31', 100],
    ['2025-03-31', '2025-04-30', 100],
  ]);
  expect(charges).toHaveLength(12);
  expect(charges.reduce((sum, c) => sum + c.amount, 0)).toBe(1200);
});

test('6.00 a year from 29 February', () => {
  const yearly = order({ anchor: '2024-02-29', billingPeriod: 'year', amount: 600 });
  expect(run(yearly, '2028-02-29').map((c) => c.split(' ')[0])).toEqual([
    '2024-02-29',
    '2025-02-28',
    '2026-02-28',
    '2027-02-28',
    '2028-02-29',
  ]);
});

test('9.00 a quarter from 30 November', () => {
  const quarterly = order({ anchor: '2025-11-30', billingPeriod: 'quarter', amount: 900 });
  expect(run(quarterly, '2026-11-29').map((c) => c.split(' ')[1])).toEqual([
    '2026-02-28',
    '2026-05-30',
    '2026-08-30',
    '2026-11-30',
  ]);
});

test('5.00 a month, calendar, from 15 January: 17 of 31 days, then whole months', () => {
  const calendar = order({ anchor: '2026-01-15', alignment: 'calendar', amount: 500 });
  expect(run(calendar, '2026-02-01')).toEqual([
    '2026-01-15 2026-02-01 274 2026-01-15',
    '2026-02-01 2026-03-01 500 2026-02-01',
  ]);
});

test('6.00 a year, calendar, from 15 October: 78 of 365 days', () => {
  const calendar = order({ anchor: '2026-10-15', alignment: 'calendar', billingPeriod: 'year', amount: 600 });
  expect(run(calendar, '2027-01-01')).toEqual([
    '2026-10-15 2027-01-01 128 2026-10-15',
    '2027-01-01 2028-01-01 600 2027-01-01',
  ]);
});

test('an anchor on a calendar boundary has a whole first period', () => {
  const calendar = order({ anchor: '2026-04-01', alignment: 'calendar', billingPeriod: 'quarter', amount: 900 });
  expect(run(calendar, '2026-04-01')).toEqual(['2026-04-01 2026-07-01 900 2026-04-01']);
});

test('first active after the anchor: only the days that are left', () => {
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

test('a new price counts from the next period', () => {
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

test('charged at end, suspended and active again: each stretch by its days', () => {
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

test('charged at end and cancelled: billable on the day of cancellation', () => {
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

test('an order that comes back within a charged period is not charged again', () => {
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

test('a single charge at the price in force on its day, and never a second one', () => {
  const prices = [
    { from: '2026-01-01', amount: 1000 },
    { from: '2026-01-05', amount: 1200 },
  ];
  const history: BillableOrder['history'] = [{ on: '2026-01-10', status: 'active' }];
  const once = order({ anchor: '2026-01-01', billingPeriod: 'once', prices, history });
  expect(run(once, '2026-12-31')).toEqual(['2026-01-10 2026-01-11 1200 2026-01-10']);
  expect(run(once, '2026-12-31', [{ order: 'o1', from: '2026-01-10', to: '2026-01-11' }])).toEqual([]);
});

test('cancelled on the day of activation: nothing', () => {
  const history: BillableOrder['history'] = [
    { on: '2026-01-01', status: 'active' },
    { on: '2026-01-01', status: 'cancelled' },
  ];
  expect(run(order({ anchor: '2026-01-01', history }), '2026-12-31')).toEqual([]);
});

test('a second run, and a charge that shares a day with an existing one, make nothing', () => {
  const one = order({ anchor: '2026-01-01' });
  const made = chargesDue([one], [], '2026-03-15').charges;
  expect(run(one, '2026-03-15', made)).toEqual([]);
  expect(run(one, '2026-01-20', [{ order: 'o1', from: '2026-01-31', to: '2026-02-01' }])).toEqual([]);
});

test('a free service makes no charge', () => {
  expect(run(order({ anchor: '2026-01-01', amount: 0 }), '2026-12-31')).toEqual([]);
});

test('more than 36 charges at once hold the order and leave the others alone', () => {
  const old = order({ anchor: '2020-01-01' });
  const fresh = { ...order({ anchor: '2026-01-01' }), id: 'o2' };
  const { charges, held } = chargesDue([old, fresh], [], '2026-01-31');
  expect(held).toEqual([{ order: 'o1', reason: 'too-many-charges' }]);
  expect(charges.map((c) => c.order)).toEqual(['o2']);
});

test('released, all charges up to the day of the release are made, or those from a day on', () => {
  const made = (one: BillableOrder, day: string) => {
    const { charges, held } = chargesDue([one], [], day);
    return `${charges.length} made, ${held.length} held`;
  };
  const old = order({ anchor: '2020-01-01' });
  expect(made(old, '2022-12-31')).toBe('36 made, 0 held');
  expect(made(old, '2023-01-01')).toBe('0 made, 1 held');
  const all = { ...old, releasedUntil: '2023-01-01' };
  expect(made(all, '2023-01-01')).toBe('37 made, 0 held');
  expect(made(all, '2026-01-01')).toBe('73 made, 0 held');
  const some = { ...all, billFrom: '2022-12-11' };
  expect(run(some, '2023-01-01')).toEqual([
    '2022-12-11 2023-01-01 68 2022-12-11',
    '2023-01-01 2023-02-01 100 2023-01-01',
  ]);
});

test('37 later charges hold a released order again, and what was released is made all the same', () => {
  const released = order({ anchor: '2020-01-01', releasedUntil: '2023-01-01' });
  const { charges, held } = chargesDue([released], [], '2026-02-01');
  expect(held).toEqual([{ order: 'o1', reason: 'too-many-charges' }]);
  expect(charges).toEqual(chargesDue([released], [], '2023-01-01').charges);
  expect(charges).toHaveLength(37);
  expect(chargesDue([released], charges, '2026-02-01')).toEqual({ charges: [], held });
  const again = { ...released, releasedUntil: '2026-02-01' };
  expect(run(again, '2026-02-01', charges)).toHaveLength(37);
});

test('what is billable on the day of the release counts as released', () => {
  const days = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString().slice(0, 10);
  const history = Array.from({ length: 76 }, (_, i) => ({
    on: days(i + 1),
    status: i % 2 ? ('suspended' as const) : ('active' as const),
  }));
  const ended = order({ anchor: '2026-01-01', billingPeriod: 'year', chargedAt: 'end', amount: 36_500, history });
  const one = { ...ended, cancelsOn: '2026-06-01' };
  expect(run(one, '2026-06-01')).toEqual([]);
  expect(run({ ...one, releasedUntil: '2026-05-31' }, '2026-06-01')).toEqual([]);
  expect(run({ ...one, releasedUntil: '2026-06-01' }, '2026-06-01')).toHaveLength(38);
});

test('days before "bill from" are not charged, and "cancels on" ends the charging', () => {
  const one = order({
    anchor: '2026-01-01',
    chargedAt: 'end',
    amount: 310,
    billFrom: '2026-01-11',
    cancelsOn: '2026-02-01',
  });
  expect(run(one, '2026-12-31')).toEqual(['2026-01-11 2026-02-01 210 2026-02-01']);
});

test('a status for a day to come counts from that day on, also the first one, which places the periods', () => {
  const suspends = order({
    ...{ anchor: '2026-01-01', chargedAt: 'end', amount: 310 },
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
