import type { Actor } from '#shared/engine/actor.ts';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import { DomainError, EngineError } from '#shared/engine/domain-error.ts';
import type { Pulled, PushedRow, PushRequest, PushResponse, Refusal } from '../protocol.ts';
import { hooksOf, type SyncServer, type Writer } from './context.ts';
import { parseFields } from './parse.ts';
import { findDocument } from './row.ts';
import { transact } from './transaction.ts';
import { writePushed } from './write.ts';

/**
 * What a replica pushed, row by row, one transaction each.
 *
 * The answer holds the server's document whenever it differs from what was pushed, which it always does for an accepted
 * write (seq): a replica without that answer could keep a stale row for ever. A refusal is a normal answer. Only faults
 * throw; the replica then sends the same rows again, which changes nothing twice.
 */
export async function push(server: SyncServer, actor: Actor, request: PushRequest): Promise<PushResponse> {
  const collection = collectionNamed(server, request.collection);
  const { view } = server.sync.rights;
  const documents: Pulled[] = [];
  const refusals: Refusal[] = [];
  for (const row of request.rows) {
    const id = typeof row.next['id'] === 'string' ? row.next['id'] : '';
    try {
      const document = await pushRow(server, actor, { request, collection, row });
      const seen = view(actor, collection.name, document);
      // A write may take the document out of its writer's sight (a ticket handed over): on the device it is gone.
      documents.push(seen ? { ...seen, _deleted: false } : { ...row.next, id, _deleted: true });
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

/** @throws DomainError 'bad-request' where there is no such collection */
export function collectionNamed({ sync }: SyncServer, name: string): Collection {
  const collection = Object.hasOwn(sync.collections, name) ? sync.collections[name] : undefined;
  if (!collection) throw new EngineError('bad-request', 'collection');
  return collection;
}

async function pushRow(
  server: SyncServer,
  actor: Actor,
  { request, collection, row }: { request: PushRequest; collection: Collection; row: PushedRow },
): Promise<Fields> {
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
  for (const { beforePush } of hooksOf(server, collection)) await beforePush?.(server, next.id);
  const { result, seqs } = await transact(server, writer, (tx) =>
    writePushed(tx, { collection, base: row.base as Fields | null, next }),
  );
  return { ...result, seq: seqs.get(next.id) ?? result['seq'] };
}

/** When it was written, by the server's clock: never later than now. */
function correctedTime(written: unknown, ahead: number, now: number): number {
  const time = typeof written === 'number' && Number.isInteger(written) ? written - ahead : now;
  return Math.max(0, Math.min(now, time));
}

/** What the replica must show after a refusal: the server's document, or a deleted one where it may not have it. */
async function currentFor(
  server: SyncServer,
  actor: Actor,
  { collection, id, row }: { collection: Collection; id: string; row: PushedRow },
): Promise<Pulled> {
  const found = await findDocument(server, collection, { where: { id } });
  const seen = found && server.sync.rights.view(actor, collection.name, found as Fields);
  return seen ? { ...seen, _deleted: false } : { ...row.next, id, _deleted: true };
}
