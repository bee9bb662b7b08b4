import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sequelize } from 'sequelize';
import { connect, createDatabase } from '../../server/database/connect.ts';
import { startEmbedded } from '../../server/database/embedded.ts';
import { atEnd } from './ending.ts';

export type Mariadb = { pid: number; url: (schema: string) => string };

/**
 * Starts a private MariaDB in a temporary folder.
 *
 * @param durable true if each commit must reach the disk, as in production
 */
export async function startMariadb(durable: boolean): Promise<Mariadb> {
  const dir = mkdtempSync(join(tmpdir(), 'cstims-bench-'));
  atEnd(() => rmSync(dir, { recursive: true, force: true }));
  const { pid, url, stop } = await startEmbedded({ dir, durable, searchPath: process.env['PATH'] ?? '' });
  atEnd(stop);
  return { pid, url };
}

/** Opens separate connections to a schema, which is created if it is missing. */
export async function openSchema(url: string, connections = 2): Promise<Sequelize> {
  await createDatabase(url);
  const db = connect(url, connections);
  atEnd(() => db.close());
  return db;
}
