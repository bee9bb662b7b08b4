import { beginGeneration } from '#sync/server/generation.ts';
import { readConfig } from '../config.ts';
import { openDatabase } from '../database/open-database.ts';
import { openServer } from '../open-server.ts';

/**
 * `npm run generation:new`: to be run once after the database was restored from a backup, before the start. Devices then
 * compare themselves with it, and offer their authors what was accepted after the backup.
 */
const config = readConfig();
const database = await openDatabase(config);
const server = openServer(config, database.url);
try {
  const { head } = await beginGeneration(server);
  console.log(`a new generation begins after change ${head}: devices compare themselves with this database`);
} finally {
  await server.db.close();
  await database.release();
}
