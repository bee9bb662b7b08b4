import type { Actor } from '#shared/engine/actor.ts';
import type { Origin } from '#shared/engine/authorize.ts';
import { serverTimes, type Collection, type DocumentOf, type Fields } from '#shared/engine/collection.ts';
import { EngineError } from '#shared/engine/domain-error.ts';
import { sameValue } from '#shared/engine/same-value.ts';
import { asCreated, wasApplied } from './audit.ts';
import { hooksOf, type Tx, type Write } from './context.ts';
import { parseFields } from './parse.ts';
import { resolveConflict } from './resolve-conflict.ts';

/*
 * THE write pipeline, for every origin: a push of a replica, a command, an e-mail that came in.
 *
 *   parse the patch -> load FOR UPDATE -> keep only what the writer changed against the base -> resolve conflicts field
 *   by field -> derive -> parse the whole -> authorize -> save; at the end of the transaction: afterWrite, audit, seq.
 *
 * Two steps come earlier than their turn, so that no refusal tells what only others may know: a field that the writer
 * may not read is refused before anything is compared, and a change is authorized before `derive` looks at other
 * documents. A new document is authorized after `derive`, because its rights depend on derived fields.
 *
 * Jobs and hooks write what the server decided itself: they enter at "save", with tx.create and tx.update.
 */

/** A push's row. `base`: the server's document as the writer last saw it, or null for a new one. */
export type PushedWrite = { collection: Collection; base: Fields | null; next: Fields };

/** Writes one pushed row in a transaction. @returns the document as it is now @throws DomainError that refuses it */
export async function writePushed(tx: Tx, { collection, base, next }: PushedWrite): Promise<Fields> {
  const current = await tx.load(collection, next.id);
  if (!current) {
    const input = writable(collection, next);
    return add(tx, collection, { input, given: { id: next.id }, origin: 'sync' });
  }
  return change(tx, collection, { current: current as Fields, base, next });
}

/**
 * Creates a document in the name of the writer.
 *
 * @param input the fields that the writer sent @param given fields that the server decides before `derive`, with the id
 * @throws DomainError that refuses it
 */
export async function createByCommand<C extends Collection>(
  tx: Tx,
  collection: C,
  { input, given }: { input: Partial<DocumentOf<C>>; given: Partial<DocumentOf<C>> & { id: string } },
): Promise<DocumentOf<C>> {
  const document = await add(tx, collection, { input, given, origin: 'command' });
  return document as DocumentOf<C>; // parsed
}

/** Changes a document in the name of the writer, who acts on its current state. @throws DomainError that refuses it */
export async function changeByCommand<C extends Collection>(
  tx: Tx,
  collection: C,
  { before, patch }: { before: DocumentOf<C>; patch: Partial<DocumentOf<C>> },
): Promise<DocumentOf<C>> {
  parseFields(collection, patch);
  const current = before as Fields;
  const changed = Object.keys(patch).filter((field) => !sameValue(current[field], patch[field]));
  const document = await save(tx, collection, { current, patch, changed, origin: 'command' });
  return document as DocumentOf<C>; // parsed
}

type Addition = { input: Record<string, unknown>; given: Fields; origin: Origin };

/** A new document: the writer's fields, defaults for the rest, and the server's fields over both. */
async function add(tx: Tx, collection: Collection, { input, given, origin }: Addition): Promise<Fields> {
  parseFields(collection, input);
  const draft: Fields = { ...collection.defaults, ...given, ...input, id: given.id };
  // A replica fills in every field to show the document. One that equals its default was not written.
  const changed = Object.keys(input).filter((field) => !sameValue(input[field], collection.defaults[field]));
  if (origin === 'sync') tx.writer.writtenFields = changed;
  const after = { ...draft, ...(await derive(tx, collection, { before: null, after: draft, changed })) };
  tx.server.sync.rights.authorize(actorOf(tx), collection.name, { before: null, after, changed, origin });
  return (await tx.create(collection, after)) as Fields;
}

/** A pushed change: only the fields that differ from what the writer had seen. */
async function change(
  tx: Tx,
  collection: Collection,
  { current, base, next }: { current: Fields; base: Fields | null; next: Fields },
): Promise<Fields> {
  const seen = tx.server.sync.rights.view(actorOf(tx), collection.name, current);
  if (!seen) throw new EngineError('not-found');
  if (await wasApplied(tx, collection, current.id)) return current;
  const created = base ? null : await asCreated(tx, collection, current);
  const known = base ?? created?.document ?? current;
  const input = writable(collection, next);
  const written = Object.keys(input).filter((field) => {
    if (sameValue(input[field], known[field])) return false;
    // A new document that is there already: the server set what its writer left at the default.
    const wasWritten = created?.writtenFields.includes(field) ?? true;
    return wasWritten || !sameValue(input[field], collection.defaults[field]);
  });
  const hidden = written.find((field) => !Object.hasOwn(seen, field));
  if (hidden !== undefined) throw new EngineError('forbidden-field', hidden);
  const patch = Object.fromEntries(written.map((field) => [field, input[field]]));
  parseFields(collection, patch);
  for (const { checkBase } of hooksOf(tx.server, collection)) checkBase?.(current, known, patch);
  for (const field of written) {
    patch[field] = resolveConflict(collection.conflicts[field], { field, current, base: known, patch });
  }
  const changed = written.filter((field) => !sameValue(patch[field], current[field]));
  return save(tx, collection, { current, patch, changed, origin: 'sync' });
}

type Patch = { current: Fields; patch: Record<string, unknown>; changed: string[]; origin: Origin };

async function save(
  tx: Tx,
  collection: Collection,
  { current, patch, changed, origin }: Patch,
): Promise<Fields> {
  if (changed.length === 0) return current;
  const draft: Fields = { ...current, ...patch, id: current.id };
  const { rights } = tx.server.sync;
  rights.authorize(actorOf(tx), collection.name, { before: current, after: draft, changed, origin });
  const derived = await derive(tx, collection, { before: current, after: draft, changed });
  const fields = new Set([...changed, ...Object.keys(derived)]);
  const after: Fields = { ...draft, ...derived };
  const values = Object.fromEntries([...fields].map((field) => [field, after[field]]));
  return (await tx.update(collection, current, values)) as Fields;
}

async function derive(tx: Tx, collection: Collection, write: Write<Fields>): Promise<Partial<Fields>> {
  let derived: Partial<Fields> = {};
  for (const hooks of hooksOf(tx.server, collection)) {
    derived = { ...derived, ...(await hooks.derive?.(tx, write)) };
  }
  return derived;
}

/** Commands and pushes always have a writer. A job enters at tx.create and tx.update. */
function actorOf({ writer }: Tx): Actor {
  if (!writer.actor) throw new Error('a write without a writer was to be authorized');
  return writer.actor;
}

/** The fields of a pushed document that its writer may set. What a replica has in the others is a guess. */
function writable(collection: Collection, next: Fields): Record<string, unknown> {
  const servers = ['id', '_deleted', 'writtenAt', ...serverTimes, ...collection.derived];
  return Object.fromEntries(Object.entries(next).filter(([field]) => !servers.includes(field)));
}
