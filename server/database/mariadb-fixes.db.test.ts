import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../test/test-server.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test('an untyped raw query returns its rows', async () => {
  const [rows] = await database.server.db.query('SELECT 1 AS one');
  expect(rows).toEqual([{ one: 1 }]);
});

test('SKIP LOCKED skips a locked row', async () => {
  const { db, models } = database.server;
  await db.transaction(async (first) => {
    await models.counters.findOne({ where: { name: 'sync' }, lock: first.LOCK.UPDATE, transaction: first });
    await db.transaction(async (second) => {
      const lock = { lock: second.LOCK.UPDATE, skipLocked: true, transaction: second };
      const free = await models.counters.findAll({ ...lock, raw: true });
      expect(free.map((row) => (row as unknown as { name: string }).name).sort()).toEqual([
        'access',
        'order',
        'record',
        'ticket',
        'verifactu',
        'verifactu-event',
      ]);
    });
  });
});

test('an integer above 2^53 is read back exactly', async () => {
  const { models } = database.server;
  await models.counters.create({ name: 'large', value: '9007199254740993' });
  const row = await models.counters.findOne({ where: { name: 'large' }, raw: true });
  expect((row as unknown as { value: string }).value).toBe('9007199254740993');
});

test('an update counts the rows that it matched, even if nothing changed', async () => {
  const { models } = database.server;
  const [found] = await models.counters.update({ value: 100 }, { where: { name: 'order' } });
  const [again] = await models.counters.update({ value: 100 }, { where: { name: 'order' } });
  expect([found, again]).toEqual([1, 1]);
});
