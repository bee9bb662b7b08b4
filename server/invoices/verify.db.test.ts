import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOrder, createPerson, openTestDatabase, type TestDatabase } from '../test/test-server.ts';
import { drawInvoices } from './pdf/draw-invoices.ts';
import { verifyInvoices } from './verify.ts';
import { billOn } from '../test/bill-on.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
  const { server } = database;
  for (const name of ['lucia', 'tom']) {
    const { id } = await createPerson(server, name, 'client');
    await createOrder(server, id, { since: '2026-03-01', amount: 950 });
  }
  for (const day of ['2026-03-01', '2026-04-01', '2026-05-01']) await billOn(server, day);
  await drawInvoices(server);
});
afterEach(() => database.close());

/** Changes made directly in the tables, and the fault that each causes. */
const changes: [what: string, sql: string, fault: RegExp][] = [
  [
    'an amount of a line',
    "UPDATE invoices SET `lines` = REPLACE(`lines`, '950', '850') WHERE number = 'A2026-000003'",
    /A2026-000003/,
  ],
  [
    'a total',
    "UPDATE invoices SET total = total - 100 WHERE number = 'A2026-000002'",
    /A2026-000002: its total is 1050, but 1150 was issued/,
  ],
  [
    'a date',
    "UPDATE invoices SET date = '2026-04-02' WHERE number = 'A2026-000003'",
    /A2026-000003: its date is 2026-04-02, but 2026-04-01/,
  ],
  [
    'a due date',
    "UPDATE invoices SET due_date = '2027-01-01' WHERE number = 'A2026-000003'",
    /A2026-000003: what it prints/,
  ],
  [
    'a buyer’s street',
    "UPDATE invoices SET buyer = REPLACE(buyer, 'Palma', 'Luna') WHERE number = 'A2026-000001'",
    /A2026-000001: what it prints/,
  ],
  [
    'a payment that nobody booked',
    "UPDATE invoices SET paid = 1150, status = 'paid' WHERE number = 'A2026-000004'",
    /A2026-000004: 1150 stands as paid/,
  ],
  [
    'a status',
    "UPDATE invoices SET status = 'paid' WHERE number = 'A2026-000004'",
    /A2026-000004: it stands as paid, but 1150 is open/,
  ],
  [
    'a deleted charge',
    "DELETE FROM charges WHERE from_day = '2026-04-01' LIMIT 1",
    /the charge of its line from 2026-04-01 is missing/,
  ],
  ['an amount of a charge', 'UPDATE charges SET amount = 1 LIMIT 1', /is no line of it/],
  [
    'a deleted invoice',
    "SET FOREIGN_KEY_CHECKS = 0; DELETE FROM invoices WHERE number = 'A2026-000005'",
    /number A2026-000005 is missing/,
  ],
  [
    'the last invoice',
    "SET FOREIGN_KEY_CHECKS = 0; DELETE FROM invoices WHERE number = 'A2026-000006'",
    /number A2026-000006 is missing/,
  ],
  ['a deleted record', 'DELETE FROM records WHERE position = 3', /record 3 of the chain is missing/],
  [
    'a rewritten record',
    "UPDATE records SET body = REPLACE(body, '1150', '1050') WHERE position = 2",
    /record 2 .*: it was changed/,
  ],
  [
    'one byte of a PDF',
    "UPDATE file_chunks SET bytes = CONCAT(SUBSTRING(bytes, 1, 500), 'x', SUBSTRING(bytes, 502)) LIMIT 1",
    /its PDF is not the one that was drawn/,
  ],
];

test('unchanged data passes the check', async () => {
  expect(await verifyInvoices(database.server)).toEqual({
    invoices: 6,
    records: 6,
    charges: 6,
    files: 6,
    undrawn: 0,
  });
});

test.each(changes)('%s, changed in the database, is reported', async (_what, sql, fault) => {
  const { db } = database.server;
  await db.transaction(async (transaction) => {
    for (const statement of sql.split('; ')) await db.query(statement, { transaction });
    await db.query('SET FOREIGN_KEY_CHECKS = 1', { transaction });
  });
  await expect(verifyInvoices(database.server)).rejects.toThrow(fault);
});
