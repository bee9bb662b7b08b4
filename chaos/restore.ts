import { cpSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beginGeneration } from '#sync/server/generation.ts';
import { between, type Numbers } from './numbers.ts';
import type { World } from './play.ts';
import { openTruth } from './stage.ts';

/** The time between a backup and its restore. E-mails sent in it may be sent again. */
export type Restore = { backedUpAt: number; restoredAt: number };

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
  await server.whileStopped(async () => {
    await threads.stop();
    await database.whileStopped(() => {
      rmSync(database.folder, { recursive: true, force: true });
      cpSync(copy, database.folder, { recursive: true });
    });
    const truth = openTruth(database.url);
    try {
      await beginGeneration(truth);
    } finally {
      await truth.db.close();
    }
  });
  restores.push({ backedUpAt, restoredAt: Date.now() });
}
