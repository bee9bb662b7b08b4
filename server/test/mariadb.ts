import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../database/embedded.ts';

declare module 'vitest' {
  interface ProvidedContext {
    mariadb: string;
  }
}

/** One private MariaDB for all database tests of a run: real, fast, thrown away. DATABASE_URL is not touched. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'cstims-test-'));
  const database = await startEmbedded({ dir, durable: false });
  project.provide('mariadb', database.url('test_NAME'));
  return async () => {
    await database.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
