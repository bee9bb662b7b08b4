import { join } from 'node:path';
import { QueryTypes } from 'sequelize';
import type { Config } from '../config.ts';
import { connect, createDatabase } from './connect.ts';
import { startEmbedded } from './embedded.ts';
import { keepRunning } from './keep-running.ts';
import { migrate } from './migrate.ts';
import { oneAtATime } from './start-lock.ts';

export type OpenDatabase = {
  url: string;
  /** Shuts a private database down cleanly if nobody else is connected to it. */
  release: () => Promise<void>;
};

/** Opens the configured database, or the private one of the data directory. Creates and migrates it. */
export async function openDatabase(config: Config): Promise<OpenDatabase> {
  if (config.databaseUrl !== null) {
    await createDatabase(config.databaseUrl).catch((error: unknown) => {
      // A user often lacks the right to create databases. That is fine if the database exists.
      if (!/denied/i.test(String(error))) throw error;
    });
    await migrateAt(config.databaseUrl);
    return { url: config.databaseUrl, release: () => Promise.resolve() };
  }
  const launch = () =>
    startEmbedded({
      dir: join(config.dataDir, 'mariadb'),
      durable: true,
      mariadbd: config.mariadbd,
      searchPath: config.searchPath,
    });
  const embedded = await launch();
  const url = embedded.url('cstims');
  await createDatabase(url);
  await migrateAt(url);
  const kept = keepRunning(embedded, { launch, report: (message) => console.error(message) });
  return {
    url,
    async release() {
      await kept.end();
      if (await othersConnected(url).catch(() => false)) return;
      await kept.current().stop();
    },
  };
}

async function migrateAt(url: string): Promise<void> {
  const db = connect(url, 1);
  try {
    await oneAtATime(url, () => migrate(db));
  } finally {
    await db.close();
  }
}

async function othersConnected(url: string): Promise<boolean> {
  const db = connect(url, 1);
  try {
    const rows = await db.query<{ n: string }>(
      `SELECT COUNT(*) AS n FROM information_schema.processlist
       WHERE id <> CONNECTION_ID() AND db IS NOT NULL AND user <> 'system user'`,
      { type: QueryTypes.SELECT },
    );
    return Number(rows[0]?.n) > 0;
  } finally {
    await db.close();
  }
}
