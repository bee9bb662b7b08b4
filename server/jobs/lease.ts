import { setTimeout as sleep } from 'node:timers/promises';
import { QueryTypes, type Transaction } from 'sequelize';
import type { Server } from '../context.ts';
import { findRow } from '../models/rows.ts';

/** Another server holds the lease now. The previous holder must not write under it any more. */
export class LeaseLost extends Error {}

export type Lease = {
  /** Reads the row under a lock, so the lease stays ours until the commit. @throws LeaseLost if another server took it */
  check: (transaction: Transaction) => Promise<void>;
  release: () => Promise<void>;
};

const leaseMs = 20_000;

/** The database's clock, which all app servers share, in milliseconds. */
const now = 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS INTEGER)';

/**
 * Takes the lease of a job, so that only one of several app servers runs it at a time. A holder that was paused until
 * another one took its lease notices that at its next `check`, because the row has another `holder`. `fence` counts the
 * holders; no code reads it.
 *
 * @param forMs how many milliseconds the lease lasts without a renewal; it is renewed every third of that
 * @returns null if another server holds the lease
 */
export async function takeLease(server: Server, name: string, forMs = leaseMs): Promise<Lease | null> {
  const holder = server.newId();
  const { db, models } = server;
  const change = async (sql: string, replacements: unknown[]) => {
    const [, changed] = await db.query(sql, { replacements, type: QueryTypes.UPDATE });
    return Number(changed) > 0;
  };
  await models.leases.bulkCreate([{ name, holder: null, fence: 0, heldUntil: 0 }], {
    ignoreDuplicates: true,
  });
  const taken = await change(
    `UPDATE leases SET holder = ?, fence = fence + 1, held_until = ${now} + ? WHERE name = ? AND held_until < ${now}`,
    [holder, forMs, name],
  );
  if (!taken) return null;
  const renew = () =>
    change(`UPDATE leases SET held_until = ${now} + ? WHERE name = ? AND holder = ?`, [forMs, name, holder]);
  // If a renewal fails, the next check notices it.
  const timer = setInterval(() => void renew().catch(() => undefined), forMs / 3);
  return {
    async check(transaction) {
      const row = await findRow(models.leases, {
        where: { name, holder },
        lock: transaction.LOCK.SHARE,
        transaction,
      });
      if (!row) throw new LeaseLost(`the lease of ${name} is another's`);
    },
    async release() {
      clearInterval(timer);
      await change('UPDATE leases SET held_until = 0 WHERE name = ? AND holder = ?', [name, holder]);
    },
  };
}

/**
 * Takes the lease of a job, and waits for as long as a killed holder could still hold it. Otherwise the work would be
 * delayed until the next check for work.
 *
 * @returns null if another server is still running the job, or `stopping` was aborted
 */
export async function waitForLease(
  server: Server,
  name: string,
  stopping: AbortSignal,
): Promise<Lease | null> {
  const end = server.now() + 1.5 * leaseMs;
  for (;;) {
    const lease = await takeLease(server, name);
    if (lease || stopping.aborted || server.now() > end) return lease;
    await sleep(1_000, undefined, { signal: stopping }).catch(() => undefined);
  }
}
