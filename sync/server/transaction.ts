import type { QueryOptions, Transaction } from 'sequelize';
import type { Actor } from '#shared/engine/actor.ts';
import type { Collection, DocumentOf, Fields } from '#shared/engine/collection.ts';
import { eraseFromAudit, writeAudit } from './audit.ts';
import {
  hooksOf,
  modelOf,
  type Change,
  type DocumentRef,
  type SyncServer,
  type Tx,
  type Writer,
  type UnitRecord,
} from './context.ts';
import { inTransaction } from './in-transaction.ts';
import { parseWhole, refusalIn } from './parse.ts';
import { aside, insertLater, sendBeforeStatements, updateLater } from './pending.ts';
import { findByIds } from './row.ts';
import { assignSeqs, type WrittenDocument } from './seq.ts';

/**
 * Runs `work` in a transaction: work -> hooks -> audit -> seq -> commit. It is repeated from its start after a deadlock,
 * a lock wait timeout or a changed snapshot.
 *
 * @returns the result of `work`, and the written documents as they are at the end
 * @throws DomainError from `work`; 'taken' or 'not-found' if a key of the database refuses the write
 */
export async function transact<S extends SyncServer, A extends Actor, T>(
  server: S,
  writer: Writer<A>,
  work: (tx: Tx<S, A>) => Promise<T>,
): Promise<{ result: T; written: WrittenDocument[] }> {
  const { results, written } = await transactTogether(server, [{ writer, work }]);
  return { result: results[0] as T, written }; // one unit, one result
}

/** The work of one writer in a transaction. */
export type Unit<S extends SyncServer, A extends Actor, T> = {
  writer: Writer<A>;
  work: (tx: Tx<S, A>) => Promise<T>;
};

/**
 * Runs several units of work in one transaction, each followed by its hooks: all are written, or none. Audit and seq of
 * all follow at the end. Many writes cost far less so, because most of what a transaction costs is paid once.
 *
 * @param locks the documents that the units will load. They are locked at once and in one order, so that two transactions
 *   that load the same documents in another order wait for each other instead of failing.
 */
export async function transactTogether<S extends SyncServer, A extends Actor, T>(
  server: S,
  units: readonly Unit<S, A, T>[],
  locks: readonly DocumentRef[] = [],
): Promise<{ results: T[]; written: WrittenDocument[] }> {
  sendBeforeStatements(server);
  const run = inTransaction(server.db, async (transaction) => {
    const start = server.now();
    const shared: Shared = { locked: new Map(), read: new Map(), atEnd: [] };
    await lockTogether(server, { transaction, locked: shared.locked }, locks);
    const records: UnitRecord[] = [];
    const results: T[] = [];
    for (const [n, { writer, work }] of units.entries()) {
      const changes: Change[] = [];
      const record = { changes, notes: [], erasures: [] };
      // Each unit has a time of its own, because lists are sorted by times.
      const tx = openTx(server, transaction, { writer, now: start + n, ...record }, shared);
      records.push({ ...record, tx });
      results.push(await work(tx));
      // A hook may change further documents, whose hooks must run as well. So the list may grow during the loop.
      for (let i = 0; i < changes.length; i += 1) {
        const change = changes[i];
        if (change && !change.removed) await afterWrite(tx, change);
      }
    }
    for (const end of shared.atEnd) await end();
    await writeAudit(server, transaction, records);
    for (const { tx, erasures } of records) for (const each of erasures) await eraseFromAudit(tx, each);
    const [first] = records;
    const all = records.flatMap(({ changes }) => changes);
    return { results, written: first ? await assignSeqs(first.tx, all) : [] };
  });
  return run.catch((error: unknown) => {
    throw refusalIn(error, server.sync.collections) ?? error;
  });
}

async function afterWrite(tx: Tx, { collection, before, after }: Change): Promise<void> {
  for (const hooks of hooksOf(tx.server, collection)) await hooks.afterWrite?.(tx, { before, after });
}

/** What all units of a transaction share. Null: there is no such document. */
type Shared = {
  locked: Map<string, Fields | null>;
  read: Map<string, Fields | null>;
  atEnd: (() => Promise<void>)[];
};

const keyOf = ({ name }: Collection, id: string) => `${name} ${id}`;

async function lockTogether(
  server: SyncServer,
  { transaction, locked }: { transaction: Transaction; locked: Shared['locked'] },
  locks: readonly DocumentRef[],
): Promise<void> {
  const byCollection = Map.groupBy(locks, ({ collection }) => collection);
  // In the order of the collections, which is the same for everybody.
  for (const collection of Object.values(server.sync.collections)) {
    const ids = [...new Set((byCollection.get(collection) ?? []).map(({ id }) => id))];
    if (ids.length === 0) continue;
    const found = await findByIds(server, collection, ids, { transaction, isLocking: true });
    for (const id of ids) locked.set(keyOf(collection, id), null);
    for (const document of found as Fields[]) locked.set(keyOf(collection, document.id), document);
  }
}

// eslint-disable-next-line max-params -- the server, its transaction, and what one unit and all of them collect
function openTx<S extends SyncServer, A extends Actor>(
  server: S,
  transaction: Transaction,
  { writer, now, changes, notes, erasures }: Omit<UnitRecord, 'tx'> & { writer: Writer<A>; now: number },
  { locked, read, atEnd }: Shared,
): Tx<S, A> {
  const record = (collection: Collection, before: Fields | null, after: Fields) => {
    locked.set(keyOf(collection, after.id), after);
    changes.push({ collection, before, after });
  };
  return {
    server,
    transaction,
    writer,
    now,
    async load<C extends Collection>(collection: C, id: string) {
      // This transaction holds the lock, so nobody else has changed the document since.
      const key = keyOf(collection, id);
      const known = locked.get(key);
      if (known !== undefined) return known as DocumentOf<C> | null;
      const options = { transaction, isLocking: true, ...aside };
      const [document] = await findByIds(server, collection, [id], options);
      if (document) locked.set(key, document as Fields);
      return document ?? null;
    },
    async read<C extends Collection>(collection: C, id: string) {
      const key = keyOf(collection, id);
      const known = locked.get(key) ?? read.get(key);
      if (known) return known as DocumentOf<C>;
      const [document] = await findByIds(server, collection, [id], { transaction, ...aside });
      if (document) read.set(key, document as Fields);
      return document ?? null;
    },
    create(collection, fields) {
      const times = { createdAt: now, updatedAt: now, writtenAt: writer.writtenAt, seq: 0 };
      const document = { ...(fields as unknown as Fields), ...times }; // every document has an id
      parseWhole(collection, document);
      insertLater(transaction, collection, document);
      record(collection, null, document);
      return Promise.resolve(document as DocumentOf<typeof collection>); // parsed
    },
    update(collection, current, patch) {
      // What this transaction knows best: the caller may hold an earlier state.
      const known = current as Fields;
      const before = locked.get(keyOf(collection, known.id)) ?? known;
      const values: Partial<Fields> = { writtenAt: writer.writtenAt, ...patch, updatedAt: now };
      const after: Fields = { ...before, ...values, id: before.id };
      parseWhole(collection, after);
      updateLater(transaction, collection, { ...values, id: before.id });
      record(collection, before, after);
      return Promise.resolve(after as DocumentOf<typeof collection>); // parsed
    },
    async remove(collection, current) {
      const before = current as Fields;
      await modelOf(server, collection).destroy({ where: { id: before.id }, transaction });
      locked.set(keyOf(collection, before.id), null);
      read.delete(keyOf(collection, before.id));
      changes.push({ collection, before, after: before, removed: true });
    },
    note: (entry) => void notes.push(entry),
    erase: (erasure) => void erasures.push(erasure),
    atEnd: (work) => void atEnd.push(work),
    async count(counter, by = 1) {
      // The answer to this statement carries the new value as its insert id.
      const sql = 'UPDATE counters SET value = LAST_INSERT_ID(value + ?) WHERE name = ?';
      const [answer] = await server.db.query(sql, {
        replacements: [by, counter],
        transaction,
        ...aside,
      } as QueryOptions);
      return Number((answer as unknown as { insertId: string }).insertId);
    },
  };
}
