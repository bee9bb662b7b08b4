import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/**
 * Moves bytes from memory to the disk and returns a stream of them, for readers that may be slow. The file has no name, so
 * the system deletes it when the stream is closed, or when the process ends.
 *
 * @throws if the disk is full
 */
export async function inUnnamedFile(bytes: Buffer): Promise<Readable> {
  const path = join(tmpdir(), `cstims-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    await file.writeFile(bytes);
    return file.createReadStream({ start: 0 });
  } catch (error) {
    await file.close();
    throw error;
  }
}
