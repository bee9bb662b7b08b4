import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { TDocumentDefinitions } from 'pdfmake/interfaces.js';
import { drawPdf } from './draw-pdf.ts';

const run = promisify(execFile);
const info = { creationDate: new Date('2026-01-01T12:00:00Z') };
const page = (text: string): TDocumentDefinitions => ({
  info,
  content: [{ text, bold: true }, text, { text, italics: true }],
  defaultStyle: { font: 'Roboto' },
});
/** Breaking and non-breaking spaces share one glyph. So do some letters of different alphabets. */
const texts = [
  '9,50\u00a0€ fi ffl',
  'a b c',
  'Σ Α Ω Παπαδόπουλος',
  'Ведущий Ω',
  'x\u00a0y z',
  'Ａ\u2126 µ μ',
];

test('a PDF does not depend on PDFs drawn before or at the same time', async () => {
  const alone = new Map<string, string>();
  for (const text of texts) alone.set(text, (await drawPdf(page(text))).toString('latin1'));
  for (const text of texts.toReversed()) {
    expect((await drawPdf(page(text))).toString('latin1')).toBe(alone.get(text));
  }
  const together = await Promise.all(texts.map((text) => drawPdf(page(text))));
  expect(together.map((bytes) => bytes.toString('latin1'))).toEqual(texts.map((text) => alone.get(text)));
});

test('a PDF has the same bytes as in a process that has drawn nothing before', async () => {
  const draw = `
    const { drawPdf } = await import('${import.meta.resolve('./draw-pdf.ts')}');
    const page = (text) => (${String(page)})(text);
    const info = { creationDate: new Date('${info.creationDate.toISOString()}') };
    process.stdout.write((await drawPdf(page(process.argv[1]))).toString('base64'));`;
  for (const text of texts) {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', draw, text]);
    expect((await drawPdf(page(text))).toString('base64')).toBe(stdout);
  }
});

test('invoices in which only common letters occur embed the same fonts', async () => {
  const fonts = async (text: string) => {
    const bytes = (await drawPdf(page(text))).toString('latin1');
    return bytes.match(/\/Length1? \d+[\s\S]*?endstream/g)?.filter((stream) => stream.length > 5_000);
  };
  const one = await fonts('Librería Atalaya, Calle de la Palma 14: 9,50\u00a0€');
  expect(one).toHaveLength(3);
  expect(await fonts('Fox & Wolf (2026) – official 100\u00a0%')).toEqual(one);
});
