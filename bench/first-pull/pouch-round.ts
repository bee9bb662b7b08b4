import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onNewDevice } from '../inbox/device.ts';
import { readyAt, stop } from '../inbox/processes.ts';
import type { BenchPlace } from '../inbox/endings.ts';
import { pouchYardstick } from './yardsticks.ts';
import type { Ticket } from '#shared/tickets/schema.ts';

/** Replicates all tickets into PouchDB on a new device. Resolves with the documents per second. */
export type PouchYardstick = (place: BenchPlace) => Promise<number>;

const server = fileURLToPath(new URL('./pouch-server.ts', import.meta.url));

/**
 * The fastest settings measured, among both IndexedDB adapters and batches of 500 to 10,000 (all within a
 * fifth of each other). It keeps no checkpoint to resume from, although a product would.
 */
const tuned = { adapter: 'indexeddb', batchSize: 2_000, batchesLimit: 10, checkpoint: false };
/** PouchDB's own builds for script tags, so nothing needs bundling. */
const builds = ['pouchdb.min.js', 'pouchdb.indexeddb.min.js'];

/** Starts the CouchDB server with the same tickets. If it cannot be installed, returns the reason. */
export async function preparePouch(
  tickets: readonly Ticket[],
  { folder, cleanup }: BenchPlace,
): Promise<{ pouch: PouchYardstick; skipped: undefined } | { pouch: null; skipped: string }> {
  let yardstick: string;
  try {
    yardstick = pouchYardstick();
  } catch (error) {
    return { pouch: null, skipped: error instanceof Error ? error.message : String(error) };
  }
  const file = join(folder, 'documents.json');
  writeFileSync(file, JSON.stringify(tickets.map(({ id, ...rest }) => ({ _id: id, ...rest }))));
  const child = spawn(process.execPath, [server, yardstick, file], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanup.add(() => stop(child));
  const url = await readyAt(child);
  const scripts = builds.map((build) => join(yardstick, 'node_modules/pouchdb/dist', build));
  return { pouch: (place) => pouchRound(place, { url, scripts, count: tickets.length }), skipped: undefined };
}

function pouchRound(
  place: BenchPlace,
  { url, scripts, count }: { url: string; scripts: string[]; count: number },
): Promise<number> {
  return onNewDevice(place, async ({ context, page }) => {
    for (const path of scripts) await context.addInitScript({ path });
    await page.goto(`${url}/blank`);
    const { stored, ms } = await page.evaluate(pullIntoPouch, { remote: `${url}/couch/tickets`, ...tuned });
    if (stored !== count) throw new Error(`PouchDB stored ${stored} of ${count}`);
    return (stored / ms) * 1_000;
  });
}

/** Runs as text in the browser, so it can use nothing from this file. */
async function pullIntoPouch(options: {
  remote: string;
  adapter: string;
  batchSize: number;
  batchesLimit: number;
  checkpoint: boolean;
}) {
  type Local = {
    info: () => Promise<{ doc_count: number }>;
    replicate: { from: (remote: string, options: object) => Promise<unknown> };
  };
  const { remote, adapter, batchSize, batchesLimit, checkpoint } = options;
  const { PouchDB } = window as unknown as { PouchDB: new (name: string, options: object) => Local };
  const local = new PouchDB('tickets', { adapter, revs_limit: 1 });
  await local.info(); // resolves when the database is open
  const start = performance.now();
  await local.replicate.from(remote, { batch_size: batchSize, batches_limit: batchesLimit, checkpoint });
  const ms = performance.now() - start;
  return { stored: (await local.info()).doc_count, ms };
}
