import type { Actor } from '#shared/engine/actor.ts';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import { DomainError, EngineError } from '#shared/engine/domain-error.ts';
import type { Pulled, PushedRow, PushRequest, PushResponse, Refusal } from '../protocol.ts';
import { hooksOf, type SyncServer, type Writer } from './context.ts';
import { parseFields } from './parse.ts';
import { findDocument } from './row.ts';
import type { WrittenDocument } from './seq.ts';
import { transact, transactTogether, type Unit } from './transaction.ts';
import { writePushed } from './write.ts';

/**
 * Processes the rows that a replica pushed: all in one transaction, or each in its own if one of them is refused or fails,
 * so that one bad row costs the others nothing.
 *
 * The response holds the server's document of every row. Even an accepted one differs from the pushed one, at least in
 * its seq. Without the server's document, the replica could keep a stale row forever. A refusal is a normal response.
 * Only faults throw. The replica then sends the same rows again, and no change is applied twice.
 */
export async function push(
  server: SyncServer,
  actor: Actor,
  request: PushRequest,
): Promise<Omit<PushResponse, 'generation'>> {
  const collection = collectionNamed(server, request.collection);
  const { rights } = server.sync;
  const documents: Pulled[] = [];
  const refusals: Refusal[] = [];
  const together = await pushTogether(server, actor, { request, collection });
  for (const [i, row] of request.rows.entries()) {
    const id = typeof row.next['id'] === 'string' ? row.next['id'] : '';
    try {
      const document = together?.[i] ?? (await pushRow(server, actor, { request, collection, row }));
      const visible = rights.view(actor, collection.name, document);
      // After a write such as the handover of a ticket, the writer may no longer read it. The device then deletes it.
      // Its seq tells the device later whether a restored server still has the write.
      const seq = document['seq'];
      documents.push(visible ? { ...visible, _deleted: false } : { ...row.next, id, seq, _deleted: true });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { code, field, detail } = error as DomainError;
      refusals.push({ id, code, field, detail });
      server.log.info({ actor: actor.id, collection: collection.name, id, code, field }, 'write refused');
      documents.push(await currentFor(server, actor, { collection, id, row }));
    }
  }
  return { documents, refusals };
}

/** Returns the collection with this name. @throws DomainError 'bad-request' if it does not exist */
export function collectionNamed({ sync }: SyncServer, name: string): Collection {
  const collection = Object.hasOwn(sync.collections, name) ? sync.collections[name] : undefined;
  if (!collection) throw new EngineError('bad-request', 'collection');
  return collection;
}

type Pushed = { request: PushRequest; collection: Collection };

async function pushRow(
  server: SyncServer,
  actor: Actor,
  { request, collection, row }: Pushed & { row: PushedRow },
): Promise<Fields> {
  const { writer, next, work } = unitOf(server, actor, { request, collection, row });
  for (const { beforePush } of hooksOf(server, collection)) await beforePush?.(server, next.id);
  const { result, written } = await transact(server, writer, work);
  return lastOf(written, collection, result);
}

/** Writes all rows in one transaction. Null: one of them is refused or fails, and nothing is written. */
async function pushTogether(
  server: SyncServer,
  actor: Actor,
  { request, collection }: Pushed,
): Promise<Fields[] | null> {
  const { rows } = request;
  // Whether a row was sent before is found in the audit, where the other rows of its transaction are not yet.
  const areDistinct = new Set(rows.map(({ next }) => next['id'])).size === rows.length;
  if (rows.length < 2 || !areDistinct) return null;
  try {
    const units = rows.map((row) => unitOf(server, actor, { request, collection, row }));
    const hooks = hooksOf(server, collection);
    for (const { next } of units) {
      for (const { beforePush } of hooks) await beforePush?.(server, next.id);
    }
    const locks = units.flatMap(({ next }) => [
      { collection, id: next.id },
      ...hooks.flatMap(({ loads }) => loads?.(next) ?? []),
    ]);
    const { results, written } = await transactTogether(server, units, locks);
    return results.map((result) => lastOf(written, collection, result));
  } catch (error) {
    if (!(error instanceof DomainError)) server.log.warn({ error }, 'rows could not be written together');
    return null;
  }
}

/** The document as the transaction left it: a hook, also that of another row, may have changed it since. */
function lastOf(written: readonly WrittenDocument[], collection: Collection, result: Fields): Fields {
  const last = written.find((each) => each.collection === collection && each.document.id === result.id);
  return last?.document ?? result;
}

/** The work of a row, with its writer. @throws DomainError if the row is no document of the collection */
function unitOf(
  server: SyncServer,
  actor: Actor,
  { request, collection, row }: Pushed & { row: PushedRow },
): Unit<SyncServer, Actor, Fields> & { next: Fields } {
  const { id, writtenAt } = row.next;
  if (row.next['_deleted'] === true) throw new EngineError('not-allowed', '_deleted');
  const unknown = Object.keys(row.next).find(
    (field) => field !== '_deleted' && !Object.hasOwn(collection.schema.shape, field),
  );
  if (unknown !== undefined) throw new EngineError('unknown-field', unknown);
  parseFields(collection, { id });
  const next = { ...row.next, id: String(id) };
  const written = correctedTime(writtenAt, request.deviceNow - server.now(), server.now());
  const writer: Writer = {
    actor,
    device: request.device,
    writtenAt: written,
    deviceTime: typeof writtenAt === 'number' ? writtenAt : written,
    document: next.id,
  };
  const base = row.base as Fields | null;
  return { writer, next, work: (tx) => writePushed(tx, { collection, base, next }) };
}

/** Converts a time of writing from the device's clock to the server's clock. The result is never in the future. */
function correctedTime(written: unknown, ahead: number, now: number): number {
  const time = typeof written === 'number' && Number.isInteger(written) ? written - ahead : now;
  return Math.max(0, Math.min(now, time));
}

/** The document for the replica after a refusal: the server's document, or a deleted one if the actor may not read it. */
async function currentFor(
  server: SyncServer,
  actor: Actor,
  { collection, id, row }: { collection: Collection; id: string; row: PushedRow },
): Promise<Pulled> {
  const found = await findDocument(server, collection, { where: { id } });
  const visible = found && server.sync.rights.view(actor, collection.name, found as Fields);
  return visible ? { ...visible, _deleted: false } : { ...row.next, id, _deleted: true };
}
