import { collectionOf, type CollectionName, type Fields } from '../collections.ts';
import { DomainError } from '../errors.ts';
import type { Actor } from './actor.ts';
import { policy } from '../policy.ts';
import { createsOf, pathBetween, type Create } from './rule.ts';
import { fits, view } from './scope.ts';

/** A push from a replica, which may have waited for days, or a command, which met the server at once. */
export type Origin = 'sync' | 'command';

/**
 * May this actor make this write? Throws the DomainError that says why not.
 *
 * @param before the document as it stands, or null where it is new
 * @param after the document as it would be, with everything the server stamps
 * @param changed the fields that the writer set (server stamps left out)
 */
export function authorize(
  actor: Actor,
  collection: CollectionName,
  write: { before: Fields | null; after: Fields; changed: readonly string[]; origin?: Origin },
): void {
  if (write.before) authorizeUpdate(actor, collection, { ...write, before: write.before });
  else authorizeCreate(actor, collection, write);
}

/** May this actor remove this document? Only a command removes. @throws DomainError */
export function authorizeRemove(actor: Actor, collection: CollectionName, document: Fields): void {
  if (!view(actor, collection, document)) throw new DomainError('not-found');
  const condition = policy[collection][actor.role].command?.remove;
  if (!condition || !fits(actor, condition, document)) throw new DomainError('not-allowed');
}

function createRules(actor: Actor, collection: CollectionName, origin: Origin | undefined): Create[] {
  const rule = policy[collection][actor.role];
  const { command } = rule;
  const rules = [...createsOf(rule)];
  return origin === 'command' && command?.create ? [...rules, command.create] : rules;
}

/** One rule must allow all of it; where several might, the refusal is that of the first whose condition fits. */
function authorizeCreate(
  actor: Actor,
  collection: CollectionName,
  { after, changed, origin }: { after: Fields; changed: readonly string[]; origin?: Origin },
): void {
  const rules = createRules(actor, collection, origin);
  const rule = rules.find(({ when }) => fits(actor, when, after)) ?? rules[0];
  if (!rule) throw new DomainError('not-allowed');
  const start = rule.start ?? {};
  for (const field of changed) {
    if (Object.hasOwn(start, field)) {
      if (!start[field]?.includes(after[field])) throw new DomainError('illegal-move', field);
    } else if (!rule.fields.includes(field)) {
      throw new DomainError('forbidden-field', field);
    }
  }
  const wrong = Object.entries(rule.when).find(([field, values]) => !fits(actor, { [field]: values }, after));
  if (wrong) throw new DomainError('not-allowed', wrong[0]);
}

function authorizeUpdate(
  actor: Actor,
  collection: CollectionName,
  {
    before,
    after,
    changed,
    origin,
  }: { before: Fields; after: Fields; changed: readonly string[]; origin?: Origin },
): void {
  // Somebody else's document is answered like one that is not there: existence is nobody's business.
  if (!view(actor, collection, before)) throw new DomainError('not-found');
  const { update = [], command } = policy[collection][actor.role];
  const all = origin === 'command' ? [...update, ...(command?.update ?? [])] : update;
  const rules = all.filter(({ when }) => fits(actor, when, before));
  const { insertOnly } = collectionOf(collection);
  if (changed.length > 0 && rules.length === 0) {
    throw new DomainError(insertOnly ? 'insert-only' : 'not-allowed', changed[0] ?? null);
  }
  for (const field of changed) {
    if (rules.some((rule) => rule.fields.includes(field))) continue;
    const moves = rules.map((rule) => rule.move?.[field]).filter((move) => move !== undefined);
    if (moves.length === 0) throw new DomainError(insertOnly ? 'insert-only' : 'forbidden-field', field);
    const [from, to] = [String(before[field]), String(after[field])];
    const path = pathBetween(moves, from, to);
    // A replica may send several moves as one; a command is one.
    if (path === null || (origin === 'command' && path.length > 1)) {
      throw new DomainError('illegal-move', field, `${from} -> ${to}`);
    }
  }
}
