import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { readConfig } from '../config.ts';
import { createDatabase } from '../database/connect.ts';
import { startEmbedded } from '../database/embedded.ts';
import { migrate } from '../database/migrate.ts';
import { seed } from '../demo/seed.ts';
import { publishDrafts } from '../settings/publish-drafts.ts';
import { openServer } from '../open-server.ts';
import { temporaryFolder } from './temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    mariadb: string;
  }
}

/** The database that is copied for each test. */
const templateName = 'test_template';

/** Starts one private MariaDB for all database tests of a run: real, fast and temporary. DATABASE_URL is not used. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const dir = temporaryFolder('cstims-test-');
  const database = await startEmbedded({ dir, durable: false, searchPath: process.env['PATH'] ?? '' });
  await fillTemplate(database.url(templateName), dir);
  project.provide('mariadb', database.url('test_NAME'));
  return async () => {
    await database.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}

/** Fills the template: migrated, with settings, public pages and the catalogue, but no people. */
async function fillTemplate(url: string, dataDir: string): Promise<void> {
  await createDatabase(url);
  const server = openServer(readConfig({ DEMO: 'no', LOG_LEVEL: 'silent', DATA_DIR: dataDir }), url);
  await migrate(server.db);
  await seed(server);
  await publishDrafts(server);
  await server.db.close();
}
