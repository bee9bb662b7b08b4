import { randomBytes } from 'node:crypto';
import { uuidv7 } from '#shared/engine/ids.ts';

/** Creates an id for a time. Demo data and tests use it for days in the past. */
export function newId(now: number): string {
  return uuidv7(now, randomBytes(10));
}
