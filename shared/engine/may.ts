import type { CollectionName, Fields } from '../collections.ts';
import type { Actor } from './actor.ts';
import { policy } from '../policy.ts';
import { createsOf } from './rule.ts';
import { fits } from './scope.ts';

/** What a screen asks before it shows a form or a button: the same table, without a write at hand. */

/** May the actor create such a document (the fields known so far decide)? */
export function mayCreate(
  actor: Actor,
  collection: CollectionName,
  known: Record<string, unknown> = {},
): boolean {
  return createsOf(policy[collection][actor.role]).some(({ when }) => {
    const named = Object.entries(when).filter(([field]) => field in known);
    return fits(actor, Object.fromEntries(named), known);
  });
}

/** May the actor change this field of this document? */
export function mayChange(
  actor: Actor,
  collection: CollectionName,
  { document, field }: { document: Fields; field: string },
): boolean {
  return (policy[collection][actor.role].update ?? []).some(
    (rule) =>
      fits(actor, rule.when, document) && (rule.fields.includes(field) || rule.move?.[field] !== undefined),
  );
}

/** Where the actor may move this field to from where it stands. */
export function movesOf(
  actor: Actor,
  collection: CollectionName,
  { document, field }: { document: Fields; field: string },
): string[] {
  const rules = (policy[collection][actor.role].update ?? []).filter((rule) =>
    fits(actor, rule.when, document),
  );
  return [...new Set(rules.flatMap((rule) => rule.move?.[field]?.[String(document[field])] ?? []))];
}
