import type { ConflictRule, Fields } from '#shared/engine/collection.ts';
import { EngineError } from '#shared/engine/domain-error.ts';
import { sameValue } from '#shared/engine/same-value.ts';

type Conflict = {
  field: string;
  /** The server's document. */
  current: Fields;
  /** The server's document as the writer last saw it. */
  base: Readonly<Record<string, unknown>>;
  patch: Readonly<Record<string, unknown>>;
};

/**
 * The new value of a field that the writer changed and that somebody else may have changed as well.
 * @throws DomainError 'changed-meanwhile' with the current value
 */
export function resolveConflict(
  rule: ConflictRule = 'refuse',
  { field, current, base, patch }: Conflict,
): unknown {
  const [theirs, mine] = [current[field], patch[field]];
  if (rule === 'latest') return mine;
  if (rule === 'max') return Math.max(Number(theirs), Number(mine));
  if (typeof rule === 'object' && isSet(rule.wins, patch) && !isSet(rule.wins, current)) return mine;
  if (sameValue(theirs, base[field]) || sameValue(theirs, mine)) return mine;
  const shown = typeof theirs === 'string' || typeof theirs === 'number' ? String(theirs) : null;
  throw new EngineError('changed-meanwhile', field, shown);
}

function isSet(
  wins: Readonly<Record<string, unknown>>,
  document: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(wins).every(([field, value]) => document[field] === value);
}
