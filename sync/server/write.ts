import {
  collectionOf,
  serverTimes,
  type AnyDocument,
  type Collection,
  type CollectionName,
  type Documents,
  type Fields,
} from '#shared/collections.ts';
import type { Order } from '#shared/orders/schema.ts';
import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/engine/actor.ts';
import { authorize } from '#shared/engine/authorize.ts';
import { view } from '#shared/engine/scope.ts';
import type { Pulled, PushRequest, PushResponse, PushedRow, Refusal } from '../protocol.ts';
import type { Server } from '../../server/context.ts';
import { checkFields, checkWhole } from './parse.ts';
import { applyScheduledOf } from '../../server/orders/apply-scheduled.ts';
import { checkTakenBack } from '../../server/orders/derive.ts';
import { derive } from '../../server/collections.ts';
import { toDocument } from './row.ts';
import { inTransactionAs, sameValue, type Tx, type Writer } from './transaction.ts';

/**
 * THE write path: what a replica pushed, document by document, one transaction each.
 *
 *   (an order first does what it was to do by today) -> load the row FOR UPDATE -> which fields did the writer change
 *   (only they are compared and kept) -> merge or refuse -> what the server stamps -> the collection's zod object ->
 *   decide (the table of rights) -> save, audit, effects, and last of all the counter row gives seq -> commit.
 *
 * The answer holds the server's document whenever it differs from what was pushed, which it always does where a write
 * was accepted (seq): a replica that got no such answer could keep a stale row for ever. A "no" is a normal answer;
 * only faults throw, and the replica sends the same rows again, which changes nothing twice.
 */
export async function push(server: Server, actor: Actor, request: PushRequest): Promise<PushResponse> {
  const documents: Pulled[] = [];
  const refusals: Refusal[] = [];
  const ahead = request.deviceNow - server.now();
  for (const row of request.rows) {
    const id = typeof row.next['id'] === 'string' ? row.next['id'] : '';
    try {
      const document = await pushOne(server, actor, { request, row, id, ahead });
      const seen = view(actor, request.collection, document);
      // A write may take the document out of its writer's sight (handed to the other queue): it is gone there.
      documents.push(seen ? { ...seen, _deleted: false } : { ...row.next, id, _deleted: true });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { code, field, detail } = error;
      refusals.push({ id, code, field, detail });
      server.log.info({ actor: actor.id, collection: request.collection, id, code, field }, 'write refused');
      documents.push(await current(server, actor, { collection: request.collection, id, row }));
    }
  }
  return { documents, refusals };
}

type One = { request: PushRequest; row: PushedRow; id: string; ahead: number };

async function pushOne(server: Server, actor: Actor, { request, row, id, ahead }: One): Promise<AnyDocument> {
  const collection = collectionOf(request.collection);
  const next = row.next;
  if (next['_deleted'] === true) throw new DomainError('not-allowed', '_deleted');
  for (const field of Object.keys(next)) {
    const known = field === '_deleted' || Object.hasOwn(collection.schema.shape, field);
    if (!known) throw new DomainError('unknown-field', field);
  }
  checkFields(collection, { id });
  const writtenAt = correctedTime(next['writtenAt'], ahead, server.now());
  const deviceTime = typeof next['writtenAt'] === 'number' ? next['writtenAt'] : writtenAt;
  const writer: Writer = { actor, device: request.device, writtenAt, deviceTime, document: id };
  if (request.collection === 'orders') await applyScheduledOf(server, id);
  const { result, seqs } = await inTransactionAs(server, writer, async (tx) => {
    const before = await tx.load(request.collection, id);
    return before
      ? change(tx, actor, { collection, before, row })
      : add(tx, actor, { collection, next: { ...next, id } });
  });
  return { ...result, seq: seqs.get(id) ?? result.seq };
}

/** A new document: the writer's fields, defaults for the rest, the server's stamps over both. */
async function add(
  tx: Tx,
  actor: Actor,
  { collection, next }: { collection: Collection; next: Fields },
): Promise<AnyDocument> {
  const written = Object.keys(next).filter((field) => field !== 'id' && !isServers(collection, field));
  const said = Object.fromEntries(written.map((field) => [field, next[field]]));
  checkFields(collection, said);
  const draft: Fields = { ...collection.defaults, ...said, id: next.id };
  // What is as it would be anyway is not said: a replica fills in every field to show the document meanwhile.
  const changed = written.filter((field) => !sameValue(said[field], collection.defaults[field]));
  tx.writer.said = changed;
  const derived = await derive(tx, collection.name, { before: null, after: draft, changed });
  const after: Fields = { ...draft, ...derived };
  authorize(actor, collection.name, { before: null, after, changed });
  const { writer, now } = tx;
  checkWhole(collection, { ...after, createdAt: now, updatedAt: now, writtenAt: writer.writtenAt, seq: 0 });
  return tx.create(collection.name, after); // parsed just now
}

/** A change: only the fields that differ from what the writer had seen. */
async function change(
  tx: Tx,
  actor: Actor,
  { collection, before, row }: { collection: Collection; before: Documents[CollectionName]; row: PushedRow },
): Promise<AnyDocument> {
  const current: Fields = before;
  const seen = view(actor, collection.name, current);
  if (!seen) throw new DomainError('not-found');
  if (await wasApplied(tx, collection, row)) return before;
  const created = row.base ? null : await asCreated(tx, collection, current);
  const base = row.base ?? created?.document ?? current;
  const changed = Object.keys(row.next).filter((field) => {
    const value = row.next[field];
    if (field === 'id' || isServers(collection, field) || sameValue(value, base[field])) return false;
    // A new document that is there already: what was not said then (add), and the server set, is not said now.
    return !created || created.said.includes(field) || !sameValue(value, collection.defaults[field]);
  });
  // Before anything is compared: a refusal must not tell what stands in a field that the writer may not see.
  const hidden = changed.find((field) => !Object.hasOwn(seen, field));
  if (hidden !== undefined) throw new DomainError('forbidden-field', hidden);
  const said = Object.fromEntries(changed.map((field) => [field, row.next[field]]));
  checkFields(collection, said);
  if (collection.name === 'orders') checkTakenBack(current as Order, base, said);
  for (const field of changed) resolveConflict(collection, field, { current, base, said });
  const real = changed.filter((field) => !sameValue(said[field], current[field]));
  if (real.length === 0) return before;
  const draft: Fields = { ...current, ...said };
  // Rights first: a refusal must not tell by its reason what only others may know of the document.
  authorize(actor, collection.name, { before: current, after: draft, changed: real });
  const derived = await derive(tx, collection.name, { before: current, after: draft, changed: real });
  const after: Fields = { ...draft, ...derived };
  checkWhole(collection, after);
  const changes = Object.fromEntries([...real, ...Object.keys(derived)].map((field) => [field, after[field]]));
  return tx.update(collection.name, before, changes); // fields of `after`
}

/**
 * True where this very change was accepted before and only its answer was lost: a device gives each change of a
 * document its own time. Applied again it could undo what somebody did since.
 */
async function wasApplied(tx: Tx, collection: Collection, { next }: PushedRow): Promise<boolean> {
  const deviceTime = next['writtenAt'];
  if (typeof deviceTime !== 'number') return false;
  const { device } = tx.writer;
  const row = await tx.server.models.audit.findOne({
    attributes: ['id'],
    where: { document: next['id'], collection: collection.name, action: 'update', device, deviceTime },
    transaction: tx.transaction,
    raw: true,
  });
  return row !== null;
}

/** Both sides changed one field: the field names how they meet; by default the later writer is told, nothing is lost. */
function resolveConflict(
  collection: Collection,
  field: string,
  {
    current,
    base,
    said,
  }: { current: Fields; base: Record<string, unknown>; said: Record<string, unknown> },
): void {
  const merge = collection.merge[field] ?? 'refuse';
  if (merge === 'max') said[field] = Math.max(Number(current[field]), Number(said[field]));
  const isOver = (order: Record<string, unknown>) => order['status'] === 'cancelled';
  if (merge === 'end' && isOver(said) && !isOver(current)) return;
  if (merge === 'max' || merge === 'latest') return;
  const theirs = current[field];
  if (sameValue(theirs, base[field]) || sameValue(theirs, said[field])) return;
  const shown = typeof theirs === 'string' || typeof theirs === 'number' ? String(theirs) : null;
  throw new DomainError('changed-meanwhile', field, shown);
}

/**
 * A new document that is already there: the answer to its first push was lost, and the writer may have changed it
 * since. What was accepted then stands in the audit; insert-only documents are their own record.
 */
async function asCreated(
  tx: Tx,
  collection: Collection,
  current: Fields,
): Promise<{ document: Record<string, unknown>; said: string[] }> {
  if (collection.insertOnly) return { document: current, said: [] };
  const row = await tx.server.models.audit.findOne({
    where: { document: current.id, collection: collection.name, action: 'create' },
    transaction: tx.transaction,
    raw: true,
  });
  if (!row) return { document: current, said: [] };
  const { changes, said } = row as unknown as { changes: string; said: string | null };
  const created = JSON.parse(changes) as Record<string, [null, unknown]>; // written by audit() in unit.ts
  const values = Object.fromEntries(Object.entries(created).map(([field, [, to]]) => [field, to]));
  const nothing = Object.fromEntries(Object.keys(current).map((field) => [field, null]));
  return { document: { ...nothing, ...values }, said: said ? (JSON.parse(said) as string[]) : [] };
}

/** Fields that are the server's: what a replica has there is a guess to show meanwhile, never a refusal. */
function isServers(collection: Collection, field: string): boolean {
  return (
    field === '_deleted' ||
    field === 'writtenAt' ||
    serverTimes.includes(field) ||
    collection.derived.includes(field)
  );
}

/** When it was written by the server's clock: never later than now. */
function correctedTime(written: unknown, ahead: number, now: number): number {
  const time = typeof written === 'number' && Number.isInteger(written) ? written - ahead : now;
  return Math.max(0, Math.min(now, time));
}

/** What the replica must show after a refusal: the server's document, or a deleted one where it may have none. */
async function current(
  server: Server,
  actor: Actor,
  { collection, id, row }: { collection: CollectionName; id: string; row: PushedRow },
): Promise<Pulled> {
  const found = await server.models[collection].findOne({ where: { id }, raw: true });
  const seen = found && view(actor, collection, toDocument(collection, found));
  return seen ? { ...seen, _deleted: false } : { ...row.next, id, _deleted: true };
}
