import { createHash } from 'node:crypto';
import { Op, type Transaction } from 'sequelize';
import { findDocuments } from '#sync/server/row.ts';
import { findRow, findRows } from '../models/rows.ts';
import type { Actor } from '#shared/people/actor.ts';
import { safeFileName } from '#shared/files/file-name.ts';
import { view } from '#shared/rights.ts';
import type { Server, Tx } from '../context.ts';
import { type FileDocument, files } from '#shared/files/schema.ts';
import { tickets } from '#shared/tickets/schema.ts';

/** The size of a chunk: the bytes of a file are stored as rows of at most 1 MiB. */
export const chunkSize = 1024 * 1024;

export type File = FileDocument & { bytes: Buffer };

/** Stores a PDF of an invoice. @returns its SHA-256 in hex, by which it is read */
export function storeFile(
  tx: Tx,
  { invoice, client, fileName, bytes }: { invoice: string; client: string; fileName: string; bytes: Buffer },
): Promise<string> {
  const owner = {
    kind: 'invoice' as const,
    visibility: 'client' as const,
    client,
    queue: null,
    ticket: null,
    message: null,
    invoice,
  };
  return store(tx, { ...owner, mediaType: 'application/pdf', fileName }, bytes);
}

/** Stores an attachment of a message that was received by e-mail. */
export async function storeAttachment(
  tx: Tx,
  attachment: Pick<FileDocument, 'mediaType' | 'fileName' | 'visibility'> & {
    message: string;
    ticket: string;
    bytes: Buffer;
  },
): Promise<void> {
  const { bytes, ticket: id, ...rest } = attachment;
  const fileName = safeFileName(rest.fileName, rest.mediaType);
  const ticket = await tx.load(tickets, id);
  if (!ticket) throw new Error(`ticket ${id} is not there`);
  const { client, queue } = ticket;
  await store(tx, { ...rest, fileName, kind: 'attachment', client, queue, ticket: id, invoice: null }, bytes);
}

type StoredFields =
  'kind' | 'visibility' | 'client' | 'queue' | 'ticket' | 'message' | 'invoice' | 'mediaType' | 'fileName';

async function store(tx: Tx, file: Pick<FileDocument, StoredFields>, bytes: Buffer): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { id } = await tx.create(files, {
    ...file,
    id: tx.server.newId(),
    size: bytes.length,
    sha256,
    state: 'stored',
    reason: null,
  });
  for (let n = 0; n * chunkSize < bytes.length; n += 1) {
    const chunk = { file: id, n, bytes: bytes.subarray(n * chunkSize, (n + 1) * chunkSize) };
    await tx.server.models.fileChunks.create(chunk, { transaction: tx.transaction });
  }
  return sha256;
}

/**
 * Finds the file with a hash that the actor may see, or null. A person who only announced a file with the same hash gets
 * nothing, because each file has its own bytes.
 */
export async function findStoredFileFor(
  server: Server,
  actor: Actor,
  sha256: string,
): Promise<FileDocument | null> {
  const found = await findStored(server, sha256);
  return found.find((file) => view(actor, 'files', file) !== null) ?? null;
}

/** Returns the file with a hash, without a check of rights, or null. For e-mails. */
export async function readStoredFile(server: Server, sha256: string): Promise<File | null> {
  const [file] = await findStored(server, sha256);
  if (!file) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of chunksIn(server, file)) chunks.push(chunk);
  return { ...file, bytes: Buffer.concat(chunks) };
}

const findStored = (server: Server, sha256: string) =>
  findDocuments(server, files, { where: { sha256, state: { [Op.ne]: 'expected' } } });

/**
 * Yields the bytes of a stored file chunk by chunk, so that a slow reader costs the memory of one chunk. The last chunk
 * comes only after all bytes were checked against the hash, so that a damaged file never leaves the server whole.
 *
 * @throws Error if the bytes do not match
 */
export async function* chunksIn(server: Server, { id, sha256, size }: FileDocument): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const count = Math.ceil(size / chunkSize);
  for (let n = 0; n < count; n += 1) {
    const row = await findRow(server.models.fileChunks, { where: { file: id, n } });
    if (row) hash.update(row.bytes);
    const isDamaged = !row || (n === count - 1 && hash.digest('hex') !== sha256);
    if (isDamaged) throw new Error(`file ${id} does not match its hash`);
    yield row.bytes;
  }
}

export async function bytesOf(server: Server, file: string, transaction?: Transaction): Promise<Buffer> {
  const chunks = await findRows(server.models.fileChunks, { where: { file }, order: ['n'], transaction });
  return Buffer.concat(chunks.map(({ bytes }) => bytes));
}
