import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import type { TDocumentDefinitions } from 'pdfmake/interfaces.js';
import { drawPdf } from './draw-pdf.ts';

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

test('cached fonts give the same bytes as fonts that are parsed again', async () => {
  type PdfMake = {
    virtualfs: { writeFileSync: (name: string, content: Buffer) => void };
    setFonts: (fonts: object) => void;
    createPdf: (definition: TDocumentDefinitions) => { getBuffer: () => Promise<Buffer> };
  };
  const require = createRequire(import.meta.url);
  const { readFileSync } = await import('node:fs');
  const pdfmake = require('pdfmake') as PdfMake;
  const styles = { normal: 'Regular', bold: 'Medium', italics: 'Italic', bolditalics: 'MediumItalic' };
  for (const text of texts) {
    const cached = await drawPdf(page(text));
    for (const style of Object.values(styles)) {
      const file = `Roboto-${style}.ttf`;
      pdfmake.virtualfs.writeFileSync(file, readFileSync(require.resolve(`pdfmake/fonts/Roboto/${file}`)));
    }
    pdfmake.setFonts({
      Roboto: Object.fromEntries(
        Object.entries(styles).map(([name, style]) => [name, `Roboto-${style}.ttf`]),
      ),
    });
    const reference = await pdfmake.createPdf(page(text)).getBuffer();
    expect(cached.toString('latin1')).toBe(reference.toString('latin1'));
  }
});
