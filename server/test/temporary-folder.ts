import { accessSync, constants, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** More than the databases of a run need. */
const enoughBytes = 2 * 1024 ** 3;

/**
 * Creates a folder for a temporary database, in memory if there is room. Otherwise MariaDB waits for the disk
 * at each CREATE TABLE, whatever its settings, and a run has some thousands of them.
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
