import { createHash } from 'node:crypto';
import { fileTypeFromBuffer } from 'file-type';
import { DomainError } from '#shared/errors.ts';
import { findDocument } from '#sync/server/row.ts';
import { findRow, findRows } from '../models/rows.ts';
import { bytesOf, chunkSize } from './stored-files.ts';
import type { Actor } from '#shared/people/actor.ts';
import { isText } from '#shared/files/text-bytes.ts';
import { type Server, transact, commandBy } from '../context.ts';
import { type FileDocument, files } from '#shared/files/schema.ts';

/** How much of an announced file is stored. `have`: the numbers of the stored chunks. */
export type Progress = { state: FileDocument['state']; have: number[] };

/** Returns the stored chunks of a file, or null if the actor may not upload such a file. */
export async function chunksOf(server: Server, actor: Actor, id: string): Promise<Progress | null> {
  const file = await findUploadable(server, actor, id);
  if (!file) return null;
  return { state: file.state, have: await chunkNumbersOf(server, id) };
}

/**
 * Stores one chunk of a file. The last missing chunk completes the file.
 *
 * @throws DomainError 'not-found' if the actor may not upload such a file; 'invalid' naming the field that differs from
 *   what was announced. If the complete file differs, it is removed (from every replica too).
 */
export async function storeChunk(
  server: Server,
  actor: Actor,
  { id, n, bytes }: { id: string; n: number; bytes: Buffer },
): Promise<Progress> {
  const file = await findUploadable(server, actor, id);
  if (!file) throw new DomainError('not-found', 'id');
  if (file.state !== 'expected') return { state: file.state, have: await chunkNumbersOf(server, id) };
  const count = Math.ceil(file.size / chunkSize);
  const length = n === count - 1 ? file.size - n * chunkSize : chunkSize;
  if (n >= count || bytes.length !== length) throw new DomainError('invalid', 'size', String(length));
  await server.models.fileChunks.bulkCreate([{ file: id, n, bytes }], { updateOnDuplicate: ['bytes'] });
  const have = await chunkNumbersOf(server, id);
  if (have.length < count) return { state: 'expected', have };
  return { state: await complete(server, actor, id), have };
}

/** Only the person who announced a file may upload it, even if its ticket moved to the other queue meanwhile. */
async function findUploadable(server: Server, actor: Actor, id: string): Promise<FileDocument | null> {
  const file = await findDocument(server, files, { where: { id } });
  const where = { document: id, collection: 'files', action: 'create', actor: actor.id };
  return file && (await findRow(server.models.audit, { attributes: ['id'], where })) ? file : null;
}

/** Checks the complete file under a lock on its row, so that only one of two concurrent last chunks completes it. */
async function complete(server: Server, actor: Actor, id: string): Promise<FileDocument['state']> {
  const { result } = await transact(server, commandBy(server, actor), async (tx) => {
    const file = await tx.load(files, id);
    if (!file) throw new DomainError('not-found', 'id');
    if (file.state !== 'expected') return { state: file.state, fault: null };
    const bytes = await bytesOf(server, id, tx.transaction);
    const fault = await faultIn(file, bytes);
    const { transaction } = tx;
    if (!fault) return { state: (await tx.update(files, file, { state: 'stored' })).state, fault };
    await server.models.fileChunks.destroy({ where: { file: id }, transaction });
    await tx.remove(files, file);
    return { state: file.state, fault };
  });
  if (result.fault) throw new DomainError('invalid', result.fault);
  return result.state;
}

async function faultIn(file: FileDocument, bytes: Buffer): Promise<string | null> {
  if (bytes.length !== file.size) return 'size';
  if (createHash('sha256').update(bytes).digest('hex') !== file.sha256) return 'sha256';
  // Many text formats have their own media type (XML, vCard). As plain text each is accepted.
  if (file.mediaType === 'text/plain') return isText(bytes) ? null : 'mediaType';
  return (await typeOf(bytes)) === file.mediaType ? null : 'mediaType';
}

/** Detects the media type by content. Text that has no other known type is plain text. */
export async function typeOf(bytes: Buffer): Promise<string | null> {
  const found = await fileTypeFromBuffer(bytes);
  // An animated PNG is also a PNG, and is shown as one.
  if (found) return found.mime === 'image/apng' ? 'image/png' : found.mime;
  return isText(bytes) ? 'text/plain' : null;
}

async function chunkNumbersOf(server: Server, file: string): Promise<number[]> {
  const rows = await findRows(server.models.fileChunks, {
    where: { file },
    attributes: ['n'],
    order: ['n'],
  });
  return rows.map(({ n }) => n);
}
