import type { Transaction } from 'sequelize';
import type { CollectionName, Documents, Fields } from '#shared/collections.ts';
import type { Actor } from '#shared/engine/actor.ts';
import { audiencesOf } from '#shared/engine/scope.ts';
import type { Server } from '../../server/context.ts';
import { inTransaction } from './in-transaction.ts';
import { afterWriteOf } from '../../server/after-write.ts';
import { refusalIn } from './parse.ts';
import { toDocument, toRow } from './row.ts';

/** One document that a unit of work wrote; `removed`: `after` is how it was last. */
export type Change = { collection: CollectionName; before: Fields | null; after: Fields; removed?: true };

/** Who writes, from where, and when they did it: by the server's clock, and by the device's own where it differs. */
export type Writer = {
  actor: Actor | null;
  device: string;
  writtenAt: number;
  deviceTime?: number;
  /** The document that a push is about (what it causes in others is not the writer's own), and which of its fields a
   * new one was given by its writer. */
  document?: string;
  /** Of a message: how it came in; default: by the app. */
  channel?: 'email';
  said?: readonly string[];
};

/**
 * A unit of work: everything that one accepted write causes, in one transaction. Every writer of the product uses this
 * door (pushes, jobs, commands), so that each row gets audit, effects and, last of all, its seq.
 */
export type Tx = {
  server: Server;
  transaction: Transaction;
  writer: Writer;
  now: number;
  /** The document, locked for this unit; null where there is none. */
  load: <N extends CollectionName>(collection: N, id: string) => Promise<Documents[N] | null>;
  create: <N extends CollectionName>(
    collection: N,
    document: Omit<Documents[N], 'createdAt' | 'updatedAt' | 'writtenAt' | 'seq'>,
  ) => Promise<Documents[N]>;
  update: <N extends CollectionName>(
    collection: N,
    before: Documents[N],
    changes: Partial<Documents[N]>,
  ) => Promise<Documents[N]>;
  /** Deletes the document; its replicas are told by rows of `removals`. */
  remove: <N extends CollectionName>(collection: N, before: Documents[N]) => Promise<void>;
  /** What is no document but is to be found in the audit: settings, passwords, sessions, e-mails. */
  note: (entry: AuditEntry) => void;
  /** The next value of a counter; the row stays locked until the commit, so numbers have no gap. */
  count: (counter: string, by?: number) => Promise<number>;
};

/** A line of the audit about something that is no document; `changes` holds no secret. */
export type AuditEntry = {
  collection: string;
  document: string;
  action: string;
  changes?: Record<string, [from: unknown, to: unknown]>;
};

/**
 * Runs a unit of work, again from its start where the database asks for that.
 *
 * @throws DomainError of the work, or 'taken' where a unique key of the database says no; any other error is a fault
 */
export async function inTransactionAs<T>(
  server: Server,
  writer: Writer,
  work: (tx: Tx) => Promise<T>,
): Promise<{ result: T; seqs: Map<string, number> }> {
  const run = inTransaction(server.db, async (transaction) => {
    const touches: Change[] = [];
    const notes: AuditEntry[] = [];
    const tx = unitOn(server, transaction, { writer, touches, notes });
    const result = await work(tx);
    // Effects may touch further documents, which have effects of their own.
    for (let i = 0; i < touches.length; i += 1) {
      const touch = touches[i];
      if (touch && !touch.removed) await afterWriteOf(tx, touch);
    }
    await audit(tx, touches, notes);
    const seqs = await giveSeqs(tx, touches);
    return { result, seqs };
  });
  return run.catch((error: unknown) => {
    throw refusalIn(error) ?? error;
  });
}

function unitOn(
  server: Server,
  transaction: Transaction,
  { writer, touches, notes }: { writer: Writer; touches: Change[]; notes: AuditEntry[] },
): Tx {
  const now = server.now();
  const locked = new Map<string, Fields>();
  const touch = (collection: CollectionName, before: Fields | null, after: Fields) => {
    locked.set(`${collection} ${after.id}`, after);
    touches.push({ collection, before, after });
  };
  return {
    server,
    transaction,
    writer,
    now,
    async load(collection, id) {
      const key = `${collection} ${id}`;
      const known = locked.get(key);
      // Locked by this unit: nobody else has changed it since.
      if (known !== undefined) return known as Documents[typeof collection] | null;
      const row = await server.models[collection].findOne({
        where: { id },
        transaction,
        lock: transaction.LOCK.UPDATE,
        raw: true,
      });
      const document = row ? toDocument(collection, row) : null;
      if (document) locked.set(key, document);
      return document;
    },
    async create(collection, fields) {
      const times = { createdAt: now, updatedAt: now, writtenAt: writer.writtenAt, seq: 0 };
      const document: Fields = { ...fields, ...times };
      await server.models[collection].create(toRow(collection, document), { transaction });
      touch(collection, null, document);
      return document as unknown as Documents[typeof collection]; // fields + times are all its fields
    },
    async update(collection, before, changes) {
      const values = { writtenAt: writer.writtenAt, ...changes, updatedAt: now };
      await server.models[collection].update(toRow(collection, values), {
        where: { id: before.id },
        transaction,
      });
      const after = { ...before, ...values };
      touch(collection, before, after);
      return after;
    },
    async remove(collection, before) {
      await server.models[collection].destroy({ where: { id: before.id }, transaction });
      locked.delete(`${collection} ${before.id}`);
      touches.push({ collection, before, after: before, removed: true });
    },
    note: (entry) => void notes.push(entry),
    async count(counter, by = 1) {
      const sql = 'UPDATE counters SET value = LAST_INSERT_ID(value + ?) WHERE name = ?';
      await server.db.query(sql, { replacements: [by, counter], transaction });
      const [rows] = await server.db.query('SELECT LAST_INSERT_ID() AS value', { transaction });
      return Number((rows as { value: string }[])[0]?.value); // one row, by the query above
    },
  };
}

/** Who changed what from what to what, for every document written. Message bodies stay in their own rows only. */
async function audit(tx: Tx, touches: readonly Change[], notes: readonly AuditEntry[]): Promise<void> {
  const { server, transaction, writer, now } = tx;
  const written = touches.map(({ collection, before, after, removed }): AuditEntry => {
    const changes = removed ? changesBetween(after, {}) : changesBetween(before, after);
    return {
      collection,
      document: after.id,
      action: removed ? 'remove' : before ? 'update' : 'create',
      changes: collection === 'messages' ? withoutText(changes) : changes,
    };
  });
  const rows = [...written, ...notes].map(({ changes = {}, ...entry }) => ({
    ...entry,
    at: now,
    writtenAt: writer.writtenAt,
    // Only the writer's own change can come a second time.
    deviceTime: entry.document === writer.document ? (writer.deviceTime ?? 0) : 0,
    said: entry.document === writer.document && writer.said ? JSON.stringify(writer.said) : null,
    actor: writer.actor?.id ?? null,
    actorName: writer.actor?.name ?? '',
    device: writer.device,
    changes: JSON.stringify(changes),
  }));
  if (rows.length > 0) await server.models.audit.bulkCreate(rows, { transaction });
}

function withoutText({ body: _, ...changes }: Record<string, [unknown, unknown]>) {
  return changes;
}

function changesBetween(
  before: Readonly<Record<string, unknown>> | null,
  after: Readonly<Record<string, unknown>>,
): Record<string, [from: unknown, to: unknown]> {
  const technical = ['updatedAt', 'writtenAt', 'seq', 'recent'];
  return Object.fromEntries(
    Object.keys({ ...before, ...after })
      .filter((field) => !technical.includes(field))
      .filter((field) => !sameValue(before?.[field] ?? null, after[field] ?? null))
      .map((field) => [field, [before?.[field] ?? null, after[field] ?? null]]),
  );
}

/** Equal as values of a document: JSON decides for structures. */
export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/**
 * The counter row is taken last, so that it is held only for these updates and the commit; each written row gets a
 * seq of its own (rows that shared one would be lost at the border of a pull's batch).
 */
async function giveSeqs(tx: Tx, touches: readonly Change[]): Promise<Map<string, number>> {
  const rows = new Map<string, Change>();
  for (const touch of touches) {
    const key = `${touch.collection} ${touch.after.id}`;
    const first = rows.get(key);
    rows.set(key, first ? { ...touch, before: first.before } : touch);
  }
  const lost = [...rows.values()].flatMap(({ collection, before, after, removed }) => {
    const still = removed ? new Set<string>() : audiencesOf(collection, after);
    const gone = before
      ? [...audiencesOf(collection, before)].filter((audience) => !still.has(audience))
      : [];
    return gone.map((audience) => ({ collection, document: after.id, audience }));
  });
  const kept = [...rows.values()].filter(({ removed }) => !removed);
  for (const { collection, before, after } of kept) {
    const had = before ? audiencesOf(collection, before) : new Set<string>();
    const gained = before ? [...audiencesOf(collection, after)].filter((audience) => !had.has(audience)) : [];
    if (gained.length === 0) continue;
    const where = { collection, document: after.id, audience: gained };
    await tx.server.models.removals.destroy({ where, transaction: tx.transaction });
  }
  const seqs = new Map<string, number>();
  if (kept.length + lost.length === 0) return seqs;
  const { models, newId } = tx.server;
  let seq = (await tx.count('sync', kept.length + lost.length)) - kept.length - lost.length;
  const removals = lost.map((each) => ({ ...each, id: newId(), seq: (seq += 1) }));
  if (removals.length > 0) await models.removals.bulkCreate(removals, { transaction: tx.transaction });
  for (const { collection, after } of kept) {
    seq += 1;
    seqs.set(after.id, seq);
    await models[collection].update({ seq }, { where: { id: after.id }, transaction: tx.transaction });
  }
  return seqs;
}
