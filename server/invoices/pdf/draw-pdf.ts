import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { TDocumentDefinitions } from 'pdfmake/interfaces.js';

type PdfMake = {
  virtualfs: { writeFileSync: (name: string, content: Buffer) => void };
  setFonts: (fonts: Record<string, Record<string, string>>) => void;
  setUrlAccessPolicy: (allow: (url: string) => boolean) => void;
  setLocalAccessPolicy: (allow: (path: string) => boolean) => void;
  createPdf: (definition: TDocumentDefinitions) => { getBuffer: () => Promise<Buffer> };
};
/** A font as fontkit has read it; its glyphs are kept as they were first met. */
type ParsedFont = { _glyphs: object };
type Fontkit = {
  create: (bytes: Buffer) => ParsedFont;
  registerFormat: (format: unknown) => void;
};

const require = createRequire(import.meta.url);
const pdfmake = require('pdfmake') as PdfMake; // the types describe the browser's build
const fontkit = createRequire(require.resolve('pdfkit'))('fontkit') as Fontkit; // the one that draws

const styles = { normal: 'Regular', bold: 'Medium', italics: 'Italic', bolditalics: 'MediumItalic' };
const names = Object.values(styles);
const parsed = new Map<number, ParsedFont>();
/** What stands for a font that is read already: begins so, and has its number behind it. */
const mark = 'KEPT';

/**
 * Reading a font takes half the time of drawing an invoice, and each document would do it again. So each is read once
 * and comes back by fontkit's own way of adding a format, with nothing of the document before: a glyph remembers the
 * character it was first met for, which would make a PDF depend on those drawn before it.
 */
class KeptFont {
  static probe(bytes: Buffer): boolean {
    return bytes.subarray(0, mark.length).toString('latin1') === mark;
  }

  constructor({ buffer }: { buffer: Buffer }) {
    const number = buffer[mark.length] ?? 0;
    const name = names[number] ?? '';
    const file = require.resolve(`pdfmake/fonts/Roboto/Roboto-${name}.ttf`);
    const font = parsed.get(number) ?? fontkit.create(readFileSync(file));
    parsed.set(number, font);
    font._glyphs = {};
    return font;
  }
}
fontkit.registerFormat(KeptFont);
for (const [number, name] of names.entries()) {
  pdfmake.virtualfs.writeFileSync(`${name}.kept`, Buffer.from([...Buffer.from(mark), number]));
}
// A drawing reads nothing but the fonts above: no file, no address, whatever a name in an invoice says.
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy(() => false);

/** One document at a time has the fonts. */
let drawing: Promise<unknown> = Promise.resolve();

/** Draws a definition. The same definition gives the same bytes, as its creation date is part of it. */
export function drawPdf(definition: TDocumentDefinitions): Promise<Buffer> {
  const drawn = drawing.then(() => draw(definition));
  drawing = drawn.catch(() => undefined);
  return drawn;
}

function draw(definition: TDocumentDefinitions): Promise<Buffer> {
  const fonts = Object.fromEntries(Object.entries(styles).map(([name, style]) => [name, `${style}.kept`]));
  // pdfmake writes the font into what it is given: fresh for each document.
  pdfmake.setFonts({ Roboto: fonts });
  return pdfmake.createPdf(definition).getBuffer();
}
