import { createHash } from 'node:crypto';
import { crc32, inflateSync } from 'node:zlib';
import type { Transaction } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact, commandBy } from '../context.ts';
import { findRow } from '../models/rows.ts';
import type { Ok } from '#shared/ok.ts';

/** The provider's logo: one PNG, shown in the app, in e-mails and on invoices. The browser converts any picture to it. */

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const maxBytes = 200_000;
const maxPixels = 2_000;
/** The chunk types that a picture needs. Everything else that a PNG can contain (text, profiles) is refused. */
const neededTypes = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'sRGB', 'gAMA', 'pHYs', 'sBIT']);

/** Checks a logo. @throws DomainError 'invalid' if the bytes are not a complete PNG within the limits of size */
export function checkPng(bytes: Buffer): void {
  const bad = (why: string) => new DomainError('invalid', 'png', why);
  if (bytes.length > maxBytes) throw bad('too large');
  if (!bytes.subarray(0, 8).equals(signature)) throw bad('not a PNG');
  let last = '';
  const pixels: Buffer[] = [];
  for (let at = 8; at < bytes.length;) {
    if (last === 'IEND' || at + 12 > bytes.length) throw bad('damaged');
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > bytes.length) throw bad('damaged');
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (!neededTypes.has(type)) throw bad(`has a part ${JSON.stringify(type)}`);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) throw bad('damaged');
    if (at === 8) {
      if (type !== 'IHDR' || length !== 13) throw bad('damaged');
      const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
      if (bytes[28] !== 0) throw bad('interlaced');
      if (Math.min(width, height) < 1 || Math.max(width, height) > maxPixels) throw bad('size in pixels');
    }
    if (type === 'IDAT') pixels.push(bytes.subarray(at + 8, end - 4));
    last = type;
    at = end;
  }
  if (last !== 'IEND' || !isDecodable(bytes, pixels)) throw bad('damaged');
}

/** Channels of a pixel by the colour type of a PNG (grey, colour, palette, grey and colour with transparency). */
const channels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** True if the compressed pixels are exactly as many as the header says. Whatever draws them would fail otherwise. */
function isDecodable(bytes: Buffer, pixels: readonly Buffer[]): boolean {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const bits = (bytes[24] ?? 0) * (channels[bytes[25] ?? -1] ?? 0);
  const rowBytes = 1 + Math.ceil((width * bits) / 8); // each row begins with its filter
  try {
    const rows = inflateSync(Buffer.concat(pixels), { maxOutputLength: rowBytes * height });
    if (bits === 0 || rows.length !== rowBytes * height) return false;
    for (let at = 0; at < rows.length; at += rowBytes) if ((rows[at] ?? 9) > 4) return false;
    return true;
  } catch {
    return false;
  }
}

/** Sets or removes the logo. The settings store its hash; earlier logos stay for the invoices that print them. */
export async function setLogo(server: Server, actor: Actor, png: string | null): Promise<Ok> {
  const bytes = png === null ? null : Buffer.from(png, 'base64');
  if (bytes) checkPng(bytes);
  const hash = bytes && createHash('sha256').update(bytes).digest('hex');
  await transact(server, commandBy(server, actor), async (tx) => {
    const { transaction } = tx;
    if (bytes)
      await server.models.logos.bulkCreate([{ hash, png: bytes }], { ignoreDuplicates: true, transaction });
    await server.models.settings.upsert({ name: 'logo', value: JSON.stringify(hash) }, { transaction });
    const changes = { size: [null, bytes?.length ?? 0] as [unknown, unknown] };
    tx.note({ collection: 'settings', document: 'logo', action: 'update', changes });
  });
  return { ok: true };
}

/** Returns the SHA-256 of the current logo, or null if there is none. */
export async function logoHash(server: Server, transaction?: Transaction): Promise<string | null> {
  const row = await findRow(server.models.settings, { where: { name: 'logo' }, transaction });
  return (row?.value ?? null) as string | null; // written above
}

/** Returns the bytes of the current or an earlier logo. */
export async function readLogo(server: Server, hash: string | null): Promise<Buffer | null> {
  if (hash === null) return null;
  const row = await findRow(server.models.logos, { where: { hash } });
  return row?.png ?? null;
}
