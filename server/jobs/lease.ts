import { setTimeout as sleep } from 'node:timers/promises';
import { QueryTypes, type Transaction } from 'sequelize';
import type { Server } from '../context.ts';
import { findRow } from '../models/rows.ts';

/** Somebody else holds the lease now: whoever had it before must write nothing more under it. */
export class LeaseLost extends Error {}

export type Lease = {
  /** @throws LeaseLost where another has taken it since; the row is read under a lock, so it stays ours until the commit */
  check: (transaction: Transaction) => Promise<void>;
  release: () => Promise<void>;
};

const leaseMs = 20_000;

/** The database's clock, which all app servers share, in milliseconds. */
const now = 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS INTEGER)';

/**
 * Takes the lease of a job, so that of several app servers one runs it at a time. Each holder's fence is one higher:
 * one that stood still until its time was over finds that out at its next write.
 *
 * @param forMs how long it holds without being renewed, which it is every third of that
 * @returns null where another holds it
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
  // A renewal that fails is seen by the next check.
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
 * The same, waiting as long as one that was killed still seems to hold it: its work is not put off to the next look.
 *
 * @returns null where another is really at it, or the wait was ended
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
