import 'fake-indexeddb/auto';
import {
  createRxDatabase,
  type EventBulk,
  type RxCollection,
  type RxStorage,
  type RxStorageChangeEvent,
} from 'rxdb/plugins/core';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { merge, Subject } from 'rxjs';
import { expect, test } from 'vitest';
import { withLateInserts } from './late-inserts.ts';

type Bulk = EventBulk<RxStorageChangeEvent<unknown>, unknown>;
type Row = { id: string; place: number };

const schema = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 20 },
    place: { type: 'number', minimum: -100, maximum: 100, multipleOf: 0.5 },
  },
  required: ['id', 'place'],
  indexes: ['place'],
} as const;

/** Two tabs on one IndexedDB. What the first one writes is told to the second one only by `tell`. */
async function twoTabs() {
  const fromOther = new Subject<Bulk>();
  const dexie = getRxStorageDexie() as unknown as RxStorage<unknown, unknown>;
  const toldBy: RxStorage<unknown, unknown> = {
    ...dexie,
    name: 'second tab', // RxDB refuses to open a database twice in one storage
    async createStorageInstance(params) {
      const instance = await dexie.createStorageInstance(params);
      const own = instance.changeStream.bind(instance);
      return Object.assign(instance, { changeStream: () => merge(own(), fromOther) }) as typeof instance;
    },
  };
  const name = `tabs-${Math.random()}`;
  const open = async (storage: RxStorage<unknown, unknown>) => {
    const options = { name, storage, multiInstance: false, eventReduce: true };
    const db = await createRxDatabase(options);
    const { rows } = await db.addCollections({ rows: { schema } });
    return rows as unknown as RxCollection<Row>; // by the schema
  };
  const writer = await open(dexie);
  const bulks: Bulk[] = [];
  writer.storageInstance.changeStream().subscribe((bulk) => bulks.push(bulk));
  return {
    writer,
    reader: await open(withLateInserts(toldBy)),
    tell: () => {
      for (const bulk of bulks.splice(0)) fromOther.next(bulk);
    },
  };
}

test.each([undefined, 3])(
  'a document that a query has read before the other tab tells of its insert is in the result once (limit %s)',
  async (limit) => {
    const { writer, reader, tell } = await twoTabs();
    const all = [1, 2, 3].map((place): Row => ({ id: `old ${place}`, place }));
    await writer.bulkInsert(all);
    tell();
    for (const place of [-5, 1.5, 50]) {
      const inserted = { id: `new ${place}`, place };
      await writer.insert(inserted);
      const query = reader.find({ selector: {}, sort: [{ place: 'asc' }], ...(limit ? { limit } : {}) });
      const seen: string[][] = [];
      const subscription = query.$.subscribe((found) => seen.push(found.map(({ id }) => id)));
      await expect.poll(() => seen.length).toBe(1);
      tell();
      const own = { id: `own ${place}`, place: 60 + place };
      await reader.insert(own); // after this event the result is calculated
      all.push(inserted, own);
      const sorted = all.toSorted((a, b) => a.place - b.place).map(({ id }) => id);
      await expect.poll(() => seen.at(-1)).toEqual(sorted.slice(0, limit));
      subscription.unsubscribe();
    }
  },
);
