import { Op, type WhereOptions } from 'sequelize';
import type { Actor } from '#shared/engine/actor.ts';
import type { Collection } from '#shared/engine/collection.ts';
import { ME } from '#shared/engine/rule.ts';
import type { SyncServer } from './context.ts';

/** The actor's scope as an SQL condition, or null if the actor may read nothing in the collection. */
export function whereInScope({ sync }: SyncServer, actor: Actor, { name }: Collection): WhereOptions | null {
  const conditions = sync.rights.scopeOf(actor, name);
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
