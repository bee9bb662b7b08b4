import type { Transaction } from 'sequelize';
import type { CollectionName, Documents, Fields } from '#shared/collections/collections.ts';
import type { Actor } from '#shared/policy/actor.ts';
import type { Server } from '../context.ts';
import { inTransaction } from '../database/transaction.ts';
import { effectsOf } from '../effects/effects.ts';
import { toDocument, toRow } from './row.ts';

/** One document that a unit of work wrote. */
export type Touch = { collection: CollectionName; before: Fields | null; after: Fields };

/** Who writes, from where, and when they did it: by the server's clock, and by the device's own where it differs. */
export type Writer = { actor: Actor | null; device: string; writtenAt: number; saidAt?: number };

/**
 * A unit of work: everything that one accepted write causes, in one transaction. Every writer of the product uses this
 * door (pushes, jobs, commands), so that each row gets audit, effects and, last of all, its seq.
 */
export type Unit = {
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
  /** The next value of a counter; the row stays locked until the commit, so numbers have no gap. */
  count: (counter: string, by?: number) => Promise<number>;
};

export async function inUnit<T>(
  server: Server,
  writer: Writer,
  work: (unit: Unit) => Promise<T>,
): Promise<{ result: T; seqs: Map<string, number> }> {
  return inTransaction(server.db, async (transaction) => {
    const touches: Touch[] = [];
    const unit = unitOn(server, transaction, { writer, touches });
    const result = await work(unit);
    // Effects may touch further documents, which have effects of their own.
    for (let i = 0; i < touches.length; i += 1) {
      const touch = touches[i];
      if (touch) await effectsOf(unit, touch);
    }
    await audit(unit, touches);
    const seqs = await giveSeqs(unit, touches);
    return { result, seqs };
  });
}

function unitOn(
  server: Server,
  transaction: Transaction,
  { writer, touches }: { writer: Writer; touches: Touch[] },
): Unit {
  const now = server.now();
  const touch = (collection: CollectionName, before: Fields | null, after: Fields) => {
    touches.push({ collection, before, after });
  };
  return {
    server,
    transaction,
    writer,
    now,
    async load(collection, id) {
      const row = await server.models[collection].findOne({
        where: { id },
        transaction,
        lock: transaction.LOCK.UPDATE,
        raw: true,
      });
      return row ? toDocument(collection, row) : null;
    },
    async create(collection, fields) {
      const times = { createdAt: now, updatedAt: now, writtenAt: writer.writtenAt, seq: 0 };
      const document: Fields = { ...fields, ...times };
      await server.models[collection].create(toRow(collection, document), { transaction });
      touch(collection, null, document);
      return document as unknown as Documents[typeof collection]; // fields + times are all its fields
    },
    async update(collection, before, changes) {
      const values = { ...changes, updatedAt: now, writtenAt: writer.writtenAt };
      await server.models[collection].update(toRow(collection, values), {
        where: { id: before.id },
        transaction,
      });
      const after = { ...before, ...values };
      touch(collection, before, after);
      return after;
    },
    async count(counter, by = 1) {
      await server.db.query('UPDATE counters SET value = LAST_INSERT_ID(value + ?) WHERE name = ?', {
        replacements: [by, counter],
        transaction,
      });
      const [rows] = await server.db.query('SELECT LAST_INSERT_ID() AS value', { transaction });
      return Number((rows as { value: string }[])[0]?.value); // one row, by the query above
    },
  };
}

/** Who changed what from what to what, for every document written. Message bodies stay in their own rows only. */
async function audit(unit: Unit, touches: readonly Touch[]): Promise<void> {
  const { server, transaction, writer, now } = unit;
  const rows = touches.map(({ collection, before, after }) => ({
    at: now,
    writtenAt: writer.writtenAt,
    saidAt: writer.saidAt ?? writer.writtenAt,
    actor: writer.actor?.id ?? null,
    device: writer.device,
    collection,
    document: after.id,
    action: before ? 'update' : 'create',
    changes: JSON.stringify(collection === 'messages' ? {} : changesBetween(before, after)),
  }));
  if (rows.length > 0) await server.models.audit.bulkCreate(rows, { transaction });
}

function changesBetween(before: Fields | null, after: Fields): Record<string, [from: unknown, to: unknown]> {
  const technical = ['updatedAt', 'writtenAt', 'seq', 'recent'];
  return Object.fromEntries(
    Object.entries(after)
      .filter(([field, to]) => !technical.includes(field) && !sameValue(before?.[field] ?? null, to))
      .map(([field, to]) => [field, [before?.[field] ?? null, to]]),
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
async function giveSeqs(unit: Unit, touches: readonly Touch[]): Promise<Map<string, number>> {
  const rows = new Map(
    touches.map(({ collection, after }) => [`${collection} ${after.id}`, { collection, id: after.id }]),
  );
  const seqs = new Map<string, number>();
  if (rows.size === 0) return seqs;
  let seq = (await unit.count('sync', rows.size)) - rows.size;
  for (const { collection, id } of rows.values()) {
    seq += 1;
    seqs.set(id, seq);
    await unit.server.models[collection].update({ seq }, { where: { id }, transaction: unit.transaction });
  }
  return seqs;
}
