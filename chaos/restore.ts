import { cpSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beginGeneration } from '#sync/server/generation.ts';
import { between, type Numbers } from './numbers.ts';
import type { Server } from '../server/context.ts';
import type { World } from './play.ts';
import { openTruth } from './stage.ts';
import { auditOf, type AuditLine } from './truth.ts';

/** The time between a backup and its restore, in which e-mails may have been sent that the database forgot. */
export type Restore = {
  backedUpAt: number;
  restoredAt: number;
  /** The lines of the audit that were lost. */
  lostAudit: AuditLine[];
};

/**
 * Backs up the database as README tells (stop, copy the folder, start), and some seconds later puts the copy back and
 * begins a generation. What was accepted in between is gone.
 */
export async function restoreBackup(world: World, next: Numbers): Promise<void> {
  const { database, server, threads, restores } = world;
  const copy = `${database.folder}-backup`;
  await server.whileStopped(async () => {
    await threads.stop();
    await database.whileStopped(() => {
      rmSync(copy, { recursive: true, force: true });
      cpSync(database.folder, copy, { recursive: true });
    });
  });
  const backedUpAt = Date.now();
  await sleep(between(next(), 1_500, 5_000));
  let lostAudit: AuditLine[] = [];
  await server.whileStopped(async () => {
    await threads.stop();
    await database.start(); // another fault may have killed it
    lostAudit = await withTruth(database.url, (truth) => auditOf(truth, backedUpAt));
    await database.whileStopped(() => {
      rmSync(database.folder, { recursive: true, force: true });
      cpSync(copy, database.folder, { recursive: true });
    });
    await withTruth(database.url, beginGeneration);
  });
  restores.push({ backedUpAt, restoredAt: Date.now(), lostAudit });
}

async function withTruth<T>(url: string, work: (truth: Server) => Promise<T>): Promise<T> {
  const truth = openTruth(url);
  try {
    return await work(truth);
  } finally {
    await truth.db.close();
  }
}
