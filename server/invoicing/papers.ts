import { createHash } from 'node:crypto';
import type { PaperDocument } from '#shared/collections/papers.ts';
import type { Server } from '../context.ts';
import { toDocument } from '../documents/row.ts';
import type { Unit } from '../documents/unit.ts';

/** Papers are bytes that belong to a document, kept as rows of at most 1 MiB. */
const chunkSize = 1024 * 1024;

export type Paper = PaperDocument & { bytes: Buffer };

/** Stores a PDF of an invoice; its hash is its name. @returns SHA-256, hex */
export async function storePaper(
  unit: Unit,
  paper: { invoice: string; client: string; fileName: string; bytes: Buffer },
): Promise<string> {
  const sha256 = createHash('sha256').update(paper.bytes).digest('hex');
  const { invoice, client, fileName, bytes } = paper;
  const { id } = await unit.create('papers', {
    id: unit.server.newId(),
    kind: 'invoice',
    client,
    queue: null,
    ticket: null,
    message: null,
    invoice,
    mediaType: 'application/pdf',
    fileName,
    size: bytes.length,
    sha256,
    state: 'stored',
    reason: null,
  });
  for (let n = 0; n * chunkSize < bytes.length; n += 1) {
    const chunk = { paper: id, n, bytes: bytes.subarray(n * chunkSize, (n + 1) * chunkSize) };
    await unit.server.models.paperChunks.create(chunk, { transaction: unit.transaction });
  }
  return sha256;
}

/** The paper of a hash, or null; checked against its hash, so that a changed octet never leaves the server. */
export async function readPaper(server: Server, sha256: string): Promise<Paper | null> {
  const row = await server.models.papers.findOne({ where: { sha256 }, raw: true });
  if (!row) return null;
  const paper = toDocument('papers', row);
  const chunks = await server.models.paperChunks.findAll({
    where: { paper: paper.id },
    order: ['n'],
    raw: true,
  });
  const bytes = Buffer.concat(chunks.map((chunk) => (chunk as unknown as { bytes: Buffer }).bytes));
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new Error(`paper ${paper.id} does not match its hash`);
  }
  return { ...paper, bytes };
}
