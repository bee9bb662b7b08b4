import { setTimeout as sleep } from 'node:timers/promises';
import type { Sequelize, Transaction } from 'sequelize';
import { backoff } from '#shared/engine/backoff.ts';

/** Deadlock, lock wait timeout, and "record has changed since last read". The whole transaction is then repeated. */
const retryable = new Set([1213, 1205, 1020]);
const maxTries = 12;

/**
 * Runs `work` in a transaction, and repeats it from its start after a retryable error. `work` must not have effects
 * that a rollback does not undo.
 */
export async function inTransaction<T>(
  db: Sequelize,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (tries >= maxTries || !retryable.has(errorNumber(error))) throw error;
      await sleep(backoff({ attempt: tries - 1, first: 20, longest: 500, random: Math.random() }));
    }
  }
}

/** MariaDB's error number, even if Sequelize has wrapped the error. 0: the error does not come from the database. */
export function errorNumber(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 0;
  const { errno, original, parent } = error as { errno?: unknown; original?: unknown; parent?: unknown };
  if (typeof errno === 'number') return errno;
  return errorNumber(original ?? parent);
}
