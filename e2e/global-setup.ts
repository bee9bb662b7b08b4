import { rmSync } from 'node:fs';
import { startEmbedded } from '../server/database/embedded.ts';
import { temporaryFolder } from '../server/test/temporary-folder.ts';
import { fillDatabase } from './demo-database.ts';
import { publish } from './shared-setup.ts';

/** Starts one private MariaDB for the run, with the demo data that each test begins with. */
export default async function setUp(): Promise<() => Promise<void>> {
  const dir = temporaryFolder('cstims-e2e-');
  const embedded = await startEmbedded({ dir, durable: false, searchPath: process.env['PATH'] ?? '' });
  const tearDown = async () => {
    await embedded.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const template = embedded.url('test_template');
    publish({ template, sessions: await fillDatabase(template) });
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}
