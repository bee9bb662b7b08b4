import { Op, type WhereOptions } from 'sequelize';
import type { CollectionName } from '#shared/collections.ts';
import type { Actor } from '#shared/engine/actor.ts';
import { ME } from '#shared/engine/rule.ts';
import { scopeOf } from '#shared/engine/scope.ts';

/** The actor's scope as SQL, or null where nothing of the collection is the actor's. */
export function whereInScope(actor: Actor, collection: CollectionName): WhereOptions | null {
  const conditions = scopeOf(actor, collection);
  if (conditions.length === 0) return null;
  if (conditions.some((when) => Object.keys(when).length === 0)) return {};
  return {
    [Op.or]: conditions.map((when) =>
      Object.fromEntries(
        Object.entries(when).map(([field, values]) => [
          field,
          values === ME ? actor.id : { [Op.in]: [...values] },
        ]),
      ),
    ),
  };
}
