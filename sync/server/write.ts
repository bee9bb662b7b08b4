import type { Actor } from '#shared/engine/actor.ts';
import type { Origin } from '#shared/engine/authorize.ts';
import { serverTimes, type Collection, type DocumentOf, type Fields } from '#shared/engine/collection.ts';
import { EngineError } from '#shared/engine/domain-error.ts';
import { sameValue } from '#shared/engine/same-value.ts';
import { loadAsCreated, wasApplied } from './audit.ts';
import { hooksOf, type Tx, type Write } from './context.ts';
import { parseFields } from './parse.ts';
import { resolveConflict } from './resolve-conflict.ts';

/*
 * The write pipeline of a push, of a command and of an inbound e-mail:
 *
 *   new:    load, parse, authorize the input, derive, authorize, create (which parses the whole)
 *   change: load FOR UPDATE, keep what the writer changed against the base, parse, resolve conflicts, authorize, derive,
 *           update (which parses the whole)
 *
 * At the end of the transaction follow afterWrite, audit and seq (transaction.ts).
 *
 * No refusal reveals what the writer may not read. A hidden field is compared only with what the device can know (see
 * `reference` in change()). Every write is authorized before `derive` reads other documents. A new document is authorized
 * again after `derive`, because its rights also depend on derived fields.
 *
 * Jobs and hooks write what the server itself has decided. They call tx.create and tx.update directly: no derive, no
 * rights.
 */

/** A pushed row. `base`: the server's document as the writer last saw it, or null for a new document. */
export type PushedWrite = { collection: Collection; base: Fields | null; next: Fields };

/** Writes one pushed row in a transaction. @returns the resulting document @throws DomainError if the row is refused */
export async function writePushed(tx: Tx, { collection, base, next }: PushedWrite): Promise<Fields> {
  const current = await tx.load(collection, next.id);
  if (!current) {
    // A change of a document that was removed, or that a restored server does not have.
    if (base) throw new EngineError('not-found');
    const input = writable(collection, next);
    return add(tx, collection, { input, serverFields: { id: next.id }, origin: 'sync' });
  }
  return change(tx, collection, { current: current as Fields, base, next });
}

/**
 * Creates a document on behalf of the writer.
 *
 * @param input the fields that the writer sent @param given fields that the server decides before `derive`, with the id
 * @throws DomainError if the document is refused
 */
export async function createByCommand<C extends Collection>(
  tx: Tx,
  collection: C,
  { input, given }: { input: Partial<DocumentOf<C>>; given: Partial<DocumentOf<C>> & { id: string } },
): Promise<DocumentOf<C>> {
  const document = await add(tx, collection, { input, serverFields: given, origin: 'command' });
  return document as DocumentOf<C>; // parsed
}

/** Changes a document on behalf of the writer, based on its current state. @throws DomainError if the change is refused */
export async function changeByCommand<C extends Collection>(
  tx: Tx,
  collection: C,
  { before, patch }: { before: DocumentOf<C>; patch: Partial<DocumentOf<C>> },
): Promise<DocumentOf<C>> {
  parseFields(collection, patch);
  const current = before as Fields;
  const visible = tx.server.sync.rights.view(actorOf(tx), collection.name, current);
  if (!visible) throw new EngineError('not-found');
  const hidden = Object.keys(patch).find((field) => !Object.hasOwn(visible, field));
  if (hidden !== undefined) throw new EngineError('forbidden-field', hidden);
  const changed = Object.keys(patch).filter((field) => !sameValue(current[field], patch[field]));
  const document = await save(tx, collection, { current, patch, changed, origin: 'command' });
  return document as DocumentOf<C>; // parsed
}

type Addition = { input: Record<string, unknown>; serverFields: Fields; origin: Origin };

/** Creates a document from the defaults, the writer's fields and the derived fields, each overriding the former. */
async function add(
  tx: Tx,
  collection: Collection,
  { input, serverFields, origin }: Addition,
): Promise<Fields> {
  parseFields(collection, input);
  const draft: Fields = { ...collection.defaults, ...serverFields, ...input, id: serverFields.id };
  // A replica fills in every field to show the document. A field that equals its default was not set by the writer.
  const changed = Object.keys(input).filter((field) => !sameValue(input[field], collection.defaults[field]));
  if (origin === 'sync') tx.writer.writtenFields = changed;
  const { rights } = tx.server.sync;
  const write = { before: null, changed, origin };
  rights.authorizeInput(actorOf(tx), collection.name, { ...write, after: draft });
  const after = { ...draft, ...(await derive(tx, collection, { before: null, after: draft, changed })) };
  rights.authorize(actorOf(tx), collection.name, { ...write, after });
  return (await tx.create(collection, after)) as Fields;
}

/** Applies a pushed change. Only the fields that differ from the base count as written. */
async function change(
  tx: Tx,
  collection: Collection,
  { current, base, next }: { current: Fields; base: Fields | null; next: Fields },
): Promise<Fields> {
  const visible = tx.server.sync.rights.view(actorOf(tx), collection.name, current);
  if (!visible) throw new EngineError('not-found');
  if (await wasApplied(tx, collection, current.id)) return current;
  const created = base ? null : await loadAsCreated(tx, collection, current);
  const known = base ?? created?.document ?? current;
  const input = writable(collection, next);
  const written = Object.keys(input).filter((field) => {
    // A field that the writer may not read is compared with what the device can know, so that no answer reveals it.
    const reference = Object.hasOwn(visible, field) ? known : (base ?? collection.defaults);
    if (sameValue(input[field], reference[field])) return false;
    // The response to a new document was lost, so it is sent again. The server has filled the fields that its writer left
    // at their defaults. Those are no changes.
    const wasWritten = created?.writtenFields.includes(field) ?? true;
    return wasWritten || !sameValue(input[field], collection.defaults[field]);
  });
  const hidden = written.find((field) => !Object.hasOwn(visible, field));
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

/** The actor of the write. Commands and pushes always have one; jobs use tx.create and tx.update instead. */
function actorOf({ writer }: Tx): Actor {
  if (!writer.actor) throw new Error('a write without a writer was to be authorized');
  return writer.actor;
}

/** The fields of a pushed document without those that only the server sets, which a replica fills with a guess. */
function writable(collection: Collection, next: Fields): Record<string, unknown> {
  const serverOnly = ['id', '_deleted', 'writtenAt', ...serverTimes, ...collection.derived];
  return Object.fromEntries(Object.entries(next).filter(([field]) => !serverOnly.includes(field)));
}
