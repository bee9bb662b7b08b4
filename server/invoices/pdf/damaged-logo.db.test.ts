import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkPng } from '../../settings/logo.ts';
import { billOn } from '../../test/bill-on.ts';
import { openBooks, type Books } from '../../test/books.ts';
import { createOrder } from '../../test/test-server.ts';
import { drawInvoices } from './draw-invoices.ts';

/* One invoice that cannot be drawn as it should stops no other. */

let books: Books;
beforeEach(async () => {
  books = await openBooks();
});
afterEach(() => books.close());

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG of 2 x 2 pixels in colour, whose checksums are right. */
function png(pixels: Buffer): Buffer {
  const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
const rows = (filter: number) =>
  deflateSync(Buffer.from([filter, ...Array<number>(6).fill(9), 0, 1, 2, 3, 4, 5, 6]));

test('a logo whose pixels can be decoded is accepted', () => {
  expect(() => checkPng(png(rows(0)))).not.toThrow();
});

test.each([
  ['pixels that are no compressed data', Buffer.from('garbage that no program can decode')],
  ['too few pixels', deflateSync(Buffer.from([0, 1, 2]))],
  ['far too many pixels', deflateSync(Buffer.alloc(50_000_000))],
  ['an unknown filter', rows(77)],
])('a logo with %s is refused', (_, pixels) => {
  expect(() => checkPng(png(pixels))).toThrow('damaged');
});

test('an invoice that takes too much memory ends only the thread that draws it', async () => {
  const { server } = books.database;
  await createOrder(server, books.client, { since: '2026-03-01', amount: 1000 });
  await billOn(server, '2026-03-01');
  await billOn(server, '2026-04-01');
  const [huge, other] = await books.invoices();
  const lines = JSON.stringify(Array.from({ length: 40_000 }, () => huge?.lines[0]));
  await server.db.query('UPDATE invoices SET `lines` = ? WHERE id = ?', { replacements: [lines, huge?.id] });
  expect(await drawInvoices(server)).toBe(1);
  const drawn = await server.models.invoices.findAll({ attributes: ['id', 'pdfHash'], raw: true });
  const withPdf = (drawn as unknown as { id: string; pdfHash: string | null }[]).filter(
    ({ pdfHash }) => pdfHash,
  );
  expect(withPdf.map(({ id }) => id)).toEqual([other?.id]);
});

test('a damaged logo that was stored before it was checked stops no invoice', async () => {
  const { server } = books.database;
  const bytes = png(Buffer.from('garbage that no program can decode'));
  const hash = createHash('sha256').update(bytes).digest('hex');
  await server.models.logos.create({ hash, png: bytes });
  await server.models.settings.upsert({ name: 'logo', value: JSON.stringify(hash) });
  await createOrder(server, books.client, { since: '2026-03-01', amount: 1000 });
  await billOn(server, '2026-03-01');
  await billOn(server, '2026-04-01');
  await drawInvoices(server);
  const drawn = await books.invoices();
  expect(drawn).toHaveLength(2);
  expect(drawn.map(({ logo }) => logo)).toEqual([hash, hash]);
  expect(drawn.every(({ pdfHash }) => pdfHash !== null)).toBe(true);
});
