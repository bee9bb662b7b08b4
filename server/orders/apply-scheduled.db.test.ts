import { afterEach, beforeEach, expect, test } from 'vitest';
import { orderOf } from '../test/order-case.ts';
import { createOrder, createPerson, openTestDatabase, type TestDatabase } from '../test/test-server.ts';
import { applyScheduled } from './apply-scheduled.ts';
import { billOn } from '../test/bill-on.ts';

let database: TestDatabase;
let client: string;
beforeEach(async () => {
  database = await openTestDatabase();
  ({ id: client } = await createPerson(database.server, 'lucia', 'client'));
});
afterEach(() => database.close());

const order = (id: string) => orderOf(database.server, id);
const emails = () => database.server.models.outbox.count({ where: { kind: 'order-status' } });
const ended = async (day: string) => (await applyScheduled(database.server, day)).ended;
const orderEndingOn = (cancelsOn: string) =>
  createOrder(database.server, client, { since: '2026-01-10', amount: 500, cancelsOn });

test('an order ends on its scheduled day, and the client gets one e-mail', async () => {
  const { id } = await orderEndingOn('2026-02-10');
  expect(await ended('2026-02-09')).toBe(0);
  expect((await order(id)).status).toBe('active');
  expect(await ended('2026-02-10')).toBe(1);
  expect(await order(id)).toMatchObject({ status: 'cancelled', cancelsOn: null });
  expect((await order(id)).history.at(-1)).toMatchObject({ on: '2026-02-10', status: 'cancelled' });
  expect(await emails()).toBe(1);
  expect(await ended('2026-02-11')).toBe(0);
  expect(await emails()).toBe(1);
});

test('an end that is applied late still counts from its scheduled day, and nothing after it is billed', async () => {
  const { id } = await orderEndingOn('2026-03-10');
  expect(await ended('2026-06-01')).toBe(1);
  expect((await order(id)).history.at(-1)?.on).toBe('2026-03-10');
  const { invoices } = await billOn(database.server, '2026-06-01');
  expect(invoices[0]?.charges.map(({ from, to }) => [from, to])).toEqual([
    ['2026-01-10', '2026-02-10'],
    ['2026-02-10', '2026-03-10'],
  ]);
});

test('if one order fails, all others are processed, and the failed one is retried', async () => {
  const [broken, fine] = [await orderEndingOn('2026-02-10'), await orderEndingOn('2026-02-10')];
  const { db } = database.server;
  await db.query(
    `CREATE TRIGGER broken BEFORE UPDATE ON orders FOR EACH ROW
     IF NEW.id = '${broken.id}' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'broken'; END IF`,
  );
  expect(await applyScheduled(database.server, '2026-02-10')).toEqual({
    ended: 1,
    moved: 0,
    changed: 0,
    failed: 1,
  });
  expect((await order(fine.id)).status).toBe('cancelled');
  await db.query('DROP TRIGGER broken');
  expect(await applyScheduled(database.server, '2026-02-10')).toEqual({
    ended: 1,
    moved: 0,
    changed: 0,
    failed: 0,
  });
});

test('concurrent runs end an order once', async () => {
  const { id } = await orderEndingOn('2026-02-10');
  const each = await Promise.all([1, 2, 3].map(() => ended('2026-02-10')));
  expect(each.reduce((sum, one) => sum + one, 0)).toBe(1);
  expect((await order(id)).history.filter(({ status }) => status === 'cancelled')).toHaveLength(1);
});
