import { createHash } from 'node:crypto';
import type { Transaction } from 'sequelize';
import type { Server } from '../context.ts';

/** Papers are bytes that belong to a document, kept as rows of at most 1 MiB. */
const chunkSize = 1024 * 1024;

export type Paper = { mediaType: string; fileName: string; invoice: string | null; bytes: Buffer };

/** Stores a PDF of an invoice; its hash is its name. @returns SHA-256, hex */
export async function storePaper(
  server: Server,
  transaction: Transaction,
  paper: { invoice: string; fileName: string; bytes: Buffer },
): Promise<string> {
  const sha256 = createHash('sha256').update(paper.bytes).digest('hex');
  const id = server.newId();
  await server.models.papers.create(
    {
      id,
      kind: 'invoice',
      invoice: paper.invoice,
      mediaType: 'application/pdf',
      fileName: paper.fileName,
      size: paper.bytes.length,
      sha256,
      createdAt: server.now(),
    },
    { transaction },
  );
  for (let n = 0; n * chunkSize < paper.bytes.length; n += 1) {
    const bytes = paper.bytes.subarray(n * chunkSize, (n + 1) * chunkSize);
    await server.models.paperChunks.create({ paper: id, n, bytes }, { transaction });
  }
  return sha256;
}

/** The paper of a hash, or null; checked against its hash, so that a changed octet never leaves the server. */
export async function readPaper(server: Server, sha256: string): Promise<Paper | null> {
  const row = await server.models.papers.findOne({ where: { sha256 }, raw: true });
  if (!row) return null;
  const paper = row as unknown as { id: string; mediaType: string; fileName: string; invoice: string | null };
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
