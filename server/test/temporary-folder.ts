import { accessSync, constants, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the databases of a run take, and more. */
const enoughBytes = 2 * 1024 ** 3;

/**
 * A folder for a database that is thrown away. In memory where the system has room for that: MariaDB waits for the disk
 * at each CREATE TABLE, whatever it is told, and a run makes some thousands.
 */
export function temporaryFolder(prefix: string): string {
  return mkdtempSync(join(hasRoom('/dev/shm') ? '/dev/shm' : tmpdir(), prefix));
}

function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > enoughBytes;
  } catch {
    return false;
  }
}
