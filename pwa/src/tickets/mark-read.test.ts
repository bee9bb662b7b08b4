import { afterEach, expect, test } from 'vitest';
import { readReceiptId } from '#shared/tickets/read-receipt-schema.ts';
import { createFakeServer, openOn, rowOf, type FakeServer } from '#sync/client/fake-server.ts';
import { collections, type Documents } from '#shared/collections.ts';
import { rights } from '#shared/rights.ts';
import type { Replica as AnyReplica } from '#sync/client/store.ts';
import { markReadIn } from './mark-read.ts';

type Replica = AnyReplica<Documents>;
const person = '0190a000-0000-7000-8000-000000000001';
const ticket = '0190b000-0000-7000-8000-000000000002';
const id = readReceiptId(person, ticket);
const open: Replica[] = [];

afterEach(async () => {
  for (const replica of open.splice(0)) await replica.remove();
});

/** A device that has pulled once. Just before its next insert, a pull brings the receipt of another device. */
async function deviceWithPullBeforeInsert(readAt: number): Promise<[Replica, FakeServer]> {
  const server = createFakeServer();
  const replica = await openOn<Documents>(server, ['readReceipts'], {
    collections,
    rights,
    role: 'helpdesk',
  });
  open.push(replica);
  await replica.replication.pulledOnce();
  let isFirst = true;
  replica.collection('readReceipts').preInsert(async () => {
    if (!isFirst) return;
    isFirst = false;
    server.rows = [rowOf({ id, person, ticket, readAt }, 7)];
    replica.resync();
    await expect.poll(() => readAtOn(replica)).toBe(readAt);
  }, true);
  return [replica, server];
}

const readAtOn = async (replica: Replica) =>
  (await replica.collection('readReceipts').findOne(id).exec())?.readAt;

test('a receipt pulled while the same ticket is read here is raised to the later time, not refused', async () => {
  const [replica, server] = await deviceWithPullBeforeInsert(1_000);
  await markReadIn(replica, { person, ticket, readAt: 2_000 });
  expect(await readAtOn(replica)).toBe(2_000);
  await expect
    .poll(() => server.pushed.at(-1))
    .toMatchObject({ base: { readAt: 1_000 }, next: { readAt: 2_000 } });
});

test('a pulled receipt with a later time is never lowered', async () => {
  const [replica, server] = await deviceWithPullBeforeInsert(3_000);
  await markReadIn(replica, { person, ticket, readAt: 2_000 });
  await replica.replication.inSync();
  expect(await readAtOn(replica)).toBe(3_000);
  expect(server.pushed).toEqual([]);
});

test('concurrent reads end at the latest time, and an earlier read changes nothing', async () => {
  const server = createFakeServer();
  const replica = await openOn<Documents>(server, ['readReceipts'], {
    collections,
    rights,
    role: 'helpdesk',
  });
  open.push(replica);
  await replica.replication.pulledOnce();
  await Promise.all([5, 2, 9, 4].map((readAt) => markReadIn(replica, { person, ticket, readAt })));
  await markReadIn(replica, { person, ticket, readAt: 3 });
  expect(await readAtOn(replica)).toBe(9);
  await replica.replication.inSync();
  expect(server.rows).toMatchObject([{ id, readAt: 9 }]);
});
