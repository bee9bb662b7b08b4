import { createHash } from 'node:crypto';
import { fileTypeFromBuffer } from 'file-type';
import type { PaperDocument } from '#shared/files/schema.ts';
import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/engine/actor.ts';
import { view } from '#shared/engine/scope.ts';
import type { Server } from '../context.ts';
import { toDocument } from '#sync/server/row.ts';
import { inUnit } from '#sync/server/transaction.ts';
import { bytesOf, chunkSize } from './stored-files.ts';

/** What is here of a paper that a device announced. */
export type Progress = { state: PaperDocument['state']; have: number[] };

/** Which chunks are here; null where there is no such paper for the actor. */
export async function chunksOf(server: Server, actor: Actor, id: string): Promise<Progress | null> {
  const paper = await announcedBy(server, actor, id);
  if (!paper) return null;
  return { state: paper.state, have: await numbersOf(server, id) };
}

/**
 * @throws DomainError 'not-found' where no such paper is expected of the actor; 'invalid' naming what does not fit what
 *   was announced, whereupon the paper is gone (from every replica too)
 */
export async function storeChunk(
  server: Server,
  actor: Actor,
  { id, n, bytes }: { id: string; n: number; bytes: Buffer },
): Promise<Progress> {
  const paper = await announcedBy(server, actor, id);
  if (!paper) throw new DomainError('not-found', 'id');
  if (paper.state !== 'expected') return { state: paper.state, have: await numbersOf(server, id) };
  const count = Math.ceil(paper.size / chunkSize);
  const length = n === count - 1 ? paper.size - n * chunkSize : chunkSize;
  if (n >= count || bytes.length !== length) throw new DomainError('invalid', 'size', String(length));
  await server.models.paperChunks.bulkCreate([{ paper: id, n, bytes }], { updateOnDuplicate: ['bytes'] });
  const have = await numbersOf(server, id);
  if (have.length < count) return { state: 'expected', have };
  return { state: await complete(server, actor, id), have };
}

/** Who sees a paper sends it; who announced it does too where its ticket went to the other queue meanwhile. */
async function announcedBy(server: Server, actor: Actor, id: string): Promise<PaperDocument | null> {
  const row = await server.models.papers.findOne({ where: { id }, raw: true });
  const paper = row && toDocument('papers', row);
  if (!paper || view(actor, 'papers', paper)) return paper;
  const where = { document: id, collection: 'papers', action: 'create', actor: actor.id };
  return (await server.models.audit.findOne({ attributes: ['id'], where, raw: true })) ? paper : null;
}

/** All is here: checked under a lock on the paper, so that of two last chunks one completes it. */
async function complete(server: Server, actor: Actor, id: string): Promise<PaperDocument['state']> {
  const writer = { actor, device: 'server', writtenAt: server.now() };
  const { result } = await inUnit(server, writer, async (tx) => {
    const paper = await tx.load('papers', id);
    if (!paper) throw new DomainError('not-found', 'id');
    if (paper.state !== 'expected') return { state: paper.state, fault: null };
    const bytes = await bytesOf(server, id, tx.transaction);
    const fault = await faultIn(paper, bytes);
    const { transaction } = tx;
    if (!fault) return { state: (await tx.update('papers', paper, { state: 'stored' })).state, fault };
    await server.models.paperChunks.destroy({ where: { paper: id }, transaction });
    await tx.remove('papers', paper);
    return { state: paper.state, fault };
  });
  if (result.fault) throw new DomainError('invalid', result.fault);
  return result.state;
}

async function faultIn(paper: PaperDocument, bytes: Buffer): Promise<string | null> {
  if (bytes.length !== paper.size) return 'size';
  if (createHash('sha256').update(bytes).digest('hex') !== paper.sha256) return 'sha256';
  // Many kinds of text have a name of their own (XML, vCard): as plain text each may be kept.
  if (paper.mediaType === 'text/plain') return isText(bytes) ? null : 'mediaType';
  return (await typeOf(bytes)) === paper.mediaType ? null : 'mediaType';
}

/** The type of bytes by their content; text is UTF-8 without NUL that is no other known type. */
export async function typeOf(bytes: Buffer): Promise<string | null> {
  const found = await fileTypeFromBuffer(bytes);
  // An animated PNG is a PNG too, and shown as one.
  if (found) return found.mime === 'image/apng' ? 'image/png' : found.mime;
  return isText(bytes) ? 'text/plain' : null;
}

function isText(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

async function numbersOf(server: Server, paper: string): Promise<number[]> {
  const rows = await server.models.paperChunks.findAll({
    where: { paper },
    attributes: ['n'],
    order: ['n'],
    raw: true,
  });
  return (rows as unknown as { n: number }[]).map(({ n }) => Number(n)); // the column selected above
}
