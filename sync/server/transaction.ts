import type { Transaction } from 'sequelize';
import type { Actor } from '#shared/engine/actor.ts';
import type { Collection, DocumentOf, Fields } from '#shared/engine/collection.ts';
import { eraseFromAudit, writeAudit } from './audit.ts';
import {
  hooksOf,
  modelOf,
  type AuditEntry,
  type Change,
  type Erasure,
  type SyncServer,
  type Tx,
  type Writer,
} from './context.ts';
import { inTransaction } from './in-transaction.ts';
import { parseWhole, refusalIn } from './parse.ts';
import { findDocument, toRow } from './row.ts';
import { assignSeqs } from './seq.ts';

/**
 * Runs `work` in a transaction: work -> hooks -> audit -> seq -> commit. It is repeated from its start after a deadlock,
 * a lock wait timeout or a changed snapshot.
 *
 * @returns the result of `work`, and the new seq of each written document by its id
 * @throws DomainError from `work`; 'taken' or 'not-found' if a key of the database refuses the write
 */
export async function transact<S extends SyncServer, A extends Actor, T>(
  server: S,
  writer: Writer<A>,
  work: (tx: Tx<S, A>) => Promise<T>,
): Promise<{ result: T; seqs: Map<string, number> }> {
  const run = inTransaction(server.db, async (transaction) => {
    const changes: Change[] = [];
    const notes: AuditEntry[] = [];
    const erasures: Erasure[] = [];
    const tx = openTx(server, transaction, { writer, changes, notes, erasures });
    const result = await work(tx);
    // A hook may change further documents, whose hooks must run as well. So the list may grow during the loop.
    for (let i = 0; i < changes.length; i += 1) {
      const change = changes[i];
      if (change && !change.removed) await afterWrite(tx, change);
    }
    await writeAudit(tx, changes, notes);
    for (const erasure of erasures) await eraseFromAudit(tx, erasure);
    return { result, seqs: await assignSeqs(tx, changes) };
  });
  return run.catch((error: unknown) => {
    throw refusalIn(error, server.sync.collections) ?? error;
  });
}

async function afterWrite(tx: Tx, { collection, before, after }: Change): Promise<void> {
  for (const hooks of hooksOf(tx.server, collection)) await hooks.afterWrite?.(tx, { before, after });
}

/** What a transaction collects until its end. */
type Recorded<A extends Actor> = {
  writer: Writer<A>;
  changes: Change[];
  notes: AuditEntry[];
  erasures: Erasure[];
};

function openTx<S extends SyncServer, A extends Actor>(
  server: S,
  transaction: Transaction,
  { writer, changes, notes, erasures }: Recorded<A>,
): Tx<S, A> {
  const now = server.now();
  const locked = new Map<string, Fields>();
  const keyOf = ({ name }: Collection, id: string) => `${name} ${id}`;
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
      const known = locked.get(keyOf(collection, id));
      if (known) return known as DocumentOf<C>;
      const lock = transaction.LOCK.UPDATE;
      const document = await findDocument(server, collection, { where: { id }, transaction, lock });
      if (!document) return null;
      locked.set(keyOf(collection, id), document as Fields);
      return document;
    },
    async read<C extends Collection>(collection: C, id: string) {
      const known = locked.get(keyOf(collection, id));
      if (known) return known as DocumentOf<C>;
      return findDocument(server, collection, { where: { id }, transaction });
    },
    async create(collection, fields) {
      const times = { createdAt: now, updatedAt: now, writtenAt: writer.writtenAt, seq: 0 };
      const document = { ...(fields as unknown as Fields), ...times }; // every document has an id
      parseWhole(collection, document);
      await modelOf(server, collection).create(toRow(collection, document), { transaction });
      record(collection, null, document);
      return document as DocumentOf<typeof collection>; // parsed
    },
    async update(collection, current, patch) {
      const before = current as Fields;
      const values: Partial<Fields> = { writtenAt: writer.writtenAt, ...patch, updatedAt: now };
      const after: Fields = { ...before, ...values, id: before.id };
      parseWhole(collection, after);
      const where = { id: before.id };
      await modelOf(server, collection).update(toRow(collection, values), { where, transaction });
      record(collection, before, after);
      return after as DocumentOf<typeof collection>; // parsed
    },
    async remove(collection, current) {
      const before = current as Fields;
      await modelOf(server, collection).destroy({ where: { id: before.id }, transaction });
      locked.delete(keyOf(collection, before.id));
      changes.push({ collection, before, after: before, removed: true });
    },
    note: (entry) => void notes.push(entry),
    erase: (erasure) => void erasures.push(erasure),
    async count(counter, by = 1) {
      const sql = 'UPDATE counters SET value = LAST_INSERT_ID(value + ?) WHERE name = ?';
      await server.db.query(sql, { replacements: [by, counter], transaction });
      const [rows] = await server.db.query('SELECT LAST_INSERT_ID() AS value', { transaction });
      return Number((rows as { value: string }[])[0]?.value); // one row, by the query above
    },
  };
}
