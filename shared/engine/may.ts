import type { Actor } from './actor.ts';
import type { Fields } from './collection.ts';
import { createsOf } from './rule.ts';
import { fits, type Table } from './scope.ts';

/** Checks for screens, which show a form or a button only if it is allowed. They use the same table as the server. */
export function createMay<Name extends string, Role extends string>({ policy }: Table<Name, Role>) {
  return {
    /** True if the actor may create such a document. Conditions on fields that are missing in `known` are ignored. */
    mayCreate(this: void, actor: Actor<Role>, name: Name, known: Record<string, unknown> = {}): boolean {
      return createsOf(policy[name][actor.role]).some(({ when }) => {
        const named = Object.entries(when).filter(([field]) => field in known);
        return fits(actor, Object.fromEntries(named), known);
      });
    },

    /** True if the actor may change this field of this document. */
    mayChange(
      this: void,
      actor: Actor<Role>,
      name: Name,
      { document, field }: { document: Fields; field: string },
    ) {
      return (policy[name][actor.role].update ?? []).some(
        (rule) =>
          fits(actor, rule.when, document) &&
          (rule.fields.includes(field) || rule.move?.[field] !== undefined),
      );
    },

    /** The values to which the actor may move this field from its current value. */
    movesOf(
      this: void,
      actor: Actor<Role>,
      name: Name,
      { document, field }: { document: Fields; field: string },
    ) {
      const rules = (policy[name][actor.role].update ?? []).filter((rule) =>
        fits(actor, rule.when, document),
      );
      return [...new Set(rules.flatMap((rule) => rule.move?.[field]?.[String(document[field])] ?? []))];
    },
  };
}
