import { createHash } from 'node:crypto';
import { Op, type Transaction } from 'sequelize';
import type { PaperDocument } from '#shared/files/schema.ts';
import type { Actor } from '#shared/engine/actor.ts';
import { view } from '#shared/engine/scope.ts';
import type { Server } from '../context.ts';
import { toDocument } from '#sync/server/row.ts';
import type { Unit } from '#sync/server/transaction.ts';

/** Papers are bytes that belong to a document, kept as rows of at most 1 MiB. */
export const chunkSize = 1024 * 1024;

export type Paper = PaperDocument & { bytes: Buffer };

/** Stores a PDF of an invoice; its hash is its name. @returns SHA-256, hex */
export function storePaper(
  tx: Unit,
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

/** Stores what came with a message by mail. */
export async function storeAttachment(
  tx: Unit,
  wanted: Pick<PaperDocument, 'mediaType' | 'fileName' | 'visibility'> & {
    message: string;
    ticket: string;
    bytes: Buffer;
  },
): Promise<void> {
  const { bytes, ticket: id, ...rest } = wanted;
  const ticket = await tx.load('tickets', id);
  if (!ticket) throw new Error(`ticket ${id} is not there`);
  const { client, queue } = ticket;
  await store(tx, { ...rest, kind: 'attachment', client, queue, ticket: id, invoice: null }, bytes);
}

type Kept =
  'kind' | 'visibility' | 'client' | 'queue' | 'ticket' | 'message' | 'invoice' | 'mediaType' | 'fileName';

async function store(tx: Unit, paper: Pick<PaperDocument, Kept>, bytes: Buffer): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { id } = await tx.create('papers', {
    ...paper,
    id: tx.server.newId(),
    size: bytes.length,
    sha256,
    state: 'stored',
    reason: null,
  });
  for (let n = 0; n * chunkSize < bytes.length; n += 1) {
    const chunk = { paper: id, n, bytes: bytes.subarray(n * chunkSize, (n + 1) * chunkSize) };
    await tx.server.models.paperChunks.create(chunk, { transaction: tx.transaction });
  }
  return sha256;
}

/**
 * The paper of a hash that the actor may see, or null. Who merely announced a paper of the same hash gets nothing: the
 * bytes are those of the paper itself.
 */
export async function readPaperFor(server: Server, actor: Actor, sha256: string): Promise<Paper | null> {
  return firstOf(server, sha256, (paper) => view(actor, 'papers', paper) !== null);
}

/** The paper of a hash, for letters. */
export async function readPaper(server: Server, sha256: string): Promise<Paper | null> {
  return firstOf(server, sha256, () => true);
}

/** Checked against its hash, so that a changed octet never leaves the server. */
async function firstOf(
  server: Server,
  sha256: string,
  fits: (paper: PaperDocument) => boolean,
): Promise<Paper | null> {
  const rows = await server.models.papers.findAll({
    where: { sha256, state: { [Op.ne]: 'expected' } },
    raw: true,
  });
  const paper = rows.map((row) => toDocument('papers', row)).find(fits);
  if (!paper) return null;
  const bytes = await bytesOf(server, paper.id);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new Error(`paper ${paper.id} does not match its hash`);
  }
  return { ...paper, bytes };
}

export async function bytesOf(server: Server, paper: string, transaction?: Transaction): Promise<Buffer> {
  const chunks = await server.models.paperChunks.findAll({
    where: { paper },
    order: ['n'],
    raw: true,
    ...(transaction ? { transaction } : {}),
  });
  return Buffer.concat(chunks.map((chunk) => (chunk as unknown as { bytes: Buffer }).bytes));
}
