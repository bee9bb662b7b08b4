import {
  collectionOf,
  type CollectionName,
  type Documents,
  type Fields,
} from '#shared/collections.ts';
import type { Actor } from '#shared/engine/actor.ts';
import { authorize } from '#shared/engine/authorize.ts';
import { checkFields, checkWhole } from './parse.ts';
import { derive } from '../../server/collections.ts';
import { sameValue, type Tx } from './transaction.ts';

/**
 * The write path for commands: the same checks, stamps, table of rights and unit of work as a push, by the door that
 * the table calls `command`. There is no base to compare with: a command met the server at once.
 */
export async function changeByCommand<N extends CollectionName>(
  tx: Tx,
  actor: Actor,
  { collection, before, said }: { collection: N; before: Documents[N]; said: Partial<Documents[N]> },
): Promise<Documents[N]> {
  checkFields(collectionOf(collection), said);
  const current: Fields = before;
  const changed = Object.entries(said).flatMap(([field, value]) =>
    sameValue(current[field], value) ? [] : [field],
  );
  if (changed.length === 0) return before;
  const draft: Fields = { ...current, ...said };
  authorize(actor, collection, { before: current, after: draft, changed, origin: 'command' });
  const derived = await derive(tx, collection, { before: current, after: draft, changed });
  const after: Fields = { ...draft, ...derived };
  checkWhole(collectionOf(collection), after);
  return tx.update(collection, before, { ...said, ...derived });
}

/** @param rest what the server says of the new document beside the command's own fields */
export async function createByCommand<N extends CollectionName>(
  tx: Tx,
  actor: Actor,
  {
    collection,
    said,
    rest,
  }: { collection: N; said: Partial<Documents[N]>; rest: Partial<Documents[N]> & Fields },
): Promise<Documents[N]> {
  checkFields(collectionOf(collection), said);
  const draft: Fields = { ...rest, ...said };
  const changed = Object.keys(said);
  const derived = await derive(tx, collection, { before: null, after: draft, changed });
  const after: Fields = { ...draft, ...derived };
  authorize(actor, collection, { before: null, after, changed, origin: 'command' });
  const { now, writer } = tx;
  checkWhole(collectionOf(collection), {
    ...after,
    ...{ createdAt: now, updatedAt: now, writtenAt: writer.writtenAt, seq: 0 },
  });
  return tx.create(collection, after as unknown as Documents[N]); // checked just now
}
