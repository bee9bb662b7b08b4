import { randomBytes } from 'node:crypto';
import { uuidv7 } from '#shared/engine/ids.ts';

/** An id of a given time, for demo people and tests whose days are in the past. */
export function newId(now: number): string {
  return uuidv7(now, randomBytes(10));
}
