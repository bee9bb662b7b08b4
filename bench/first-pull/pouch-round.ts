import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onNewDevice } from './device.ts';
import { readyAt, stop } from './processes.ts';
import type { Place } from './endings.ts';
import { pouchYardstick } from './yardsticks.ts';
import type { Ticket } from '#shared/tickets/schema.ts';

/** Replicates all tickets into PouchDB on a new device; resolves with documents a second. */
export type PouchYardstick = (place: Place) => Promise<number>;

const server = fileURLToPath(new URL('./pouch-server.ts', import.meta.url));

/**
 * What was fastest here of both adapters for IndexedDB and batches of 500 to 10,000 (within a fifth of each other). It
 * keeps no checkpoint to go on from, which a product would.
 */
const tuned = { adapter: 'indexeddb', batchSize: 2_000, batchesLimit: 10, checkpoint: false };
/** PouchDB's own builds for script tags: nothing to bundle. */
const builds = ['pouchdb.min.js', 'pouchdb.indexeddb.min.js'];

/** Starts the CouchDB with the same tickets; where it can't be had, the reason. */
export async function preparePouch(
  tickets: readonly Ticket[],
  { folder, endings }: Place,
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
  endings.add(() => stop(child));
  const url = await readyAt(child);
  const scripts = builds.map((build) => join(yardstick, 'node_modules/pouchdb/dist', build));
  return { pouch: (place) => pouchRound(place, { url, scripts, count: tickets.length }), skipped: undefined };
}

function pouchRound(
  place: Place,
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

/** It runs as text in the browser and can use nothing of this file. */
async function pullIntoPouch(given: {
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
  const { remote, adapter, batchSize, batchesLimit, checkpoint } = given;
  const { PouchDB } = window as unknown as { PouchDB: new (name: string, options: object) => Local };
  const local = new PouchDB('tickets', { adapter, revs_limit: 1 });
  await local.info(); // it is open
  const start = performance.now();
  await local.replicate.from(remote, { batch_size: batchSize, batches_limit: batchesLimit, checkpoint });
  const ms = performance.now() - start;
  return { stored: (await local.info()).doc_count, ms };
}
