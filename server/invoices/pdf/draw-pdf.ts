import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { guarded } from '../../limits/guarded.ts';
import type { TDocumentDefinitions } from 'pdfmake/interfaces.js';

type PdfMake = {
  virtualfs: { writeFileSync: (name: string, content: Buffer) => void };
  setFonts: (fonts: Record<string, Record<string, string>>) => void;
  setUrlAccessPolicy: (allow: (url: string) => boolean) => void;
  setLocalAccessPolicy: (allow: (path: string) => boolean) => void;
  createPdf: (definition: TDocumentDefinitions) => { getBuffer: () => Promise<Buffer> };
};
/** A font that fontkit has parsed. `_glyphs` caches each glyph with the first character that used it. */
type ParsedFont = { _glyphs: object };
type Fontkit = {
  create: (bytes: Buffer) => ParsedFont;
  registerFormat: (format: unknown) => void;
};

const require = createRequire(import.meta.url);
const pdfmake = require('pdfmake') as PdfMake; // the types describe the browser's build
const fontkit = createRequire(require.resolve('pdfkit'))('fontkit') as Fontkit; // the same instance that pdfkit draws with

const styles = { normal: 'Regular', bold: 'Medium', italics: 'Italic', bolditalics: 'MediumItalic' };
const names = Object.values(styles);
const parsed = new Map<number, ParsedFont>();
/** A placeholder file for a parsed font starts with this text, followed by the font's number. */
const placeholder = 'KEPT';

/**
 * Parsing a font takes half the time of drawing an invoice, and pdfmake would do it for each document. So each font is
 * parsed once and returned through fontkit's own interface for font formats. The glyph cache is cleared each time: a glyph
 * remembers the first character that used it, so a PDF would depend on those drawn before it.
 */
class CachedFont {
  static probe(bytes: Buffer): boolean {
    return bytes.subarray(0, placeholder.length).toString('latin1') === placeholder;
  }

  constructor({ buffer }: { buffer: Buffer }) {
    const number = buffer[placeholder.length] ?? 0;
    const name = names[number] ?? '';
    const file = require.resolve(`pdfmake/fonts/Roboto/Roboto-${name}.ttf`);
    const font = parsed.get(number) ?? fontkit.create(readFileSync(file));
    parsed.set(number, font);
    font._glyphs = {};
    return font;
  }
}
fontkit.registerFormat(CachedFont);
for (const [number, name] of names.entries()) {
  pdfmake.virtualfs.writeFileSync(`${name}.kept`, Buffer.from([...Buffer.from(placeholder), number]));
}
// Drawing reads only the fonts above. Text in an invoice cannot make it read a file or a URL.
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy(() => false);

/** The longest invoice takes a second. */
const longestMs = 60_000;

/** The last drawing in the queue: only one document at a time may use the fonts. */
let drawing: Promise<unknown> = Promise.resolve();

/** Draws a PDF. The same definition gives the same bytes, because the creation date is part of the definition. */
export function drawPdf(definition: TDocumentDefinitions): Promise<Buffer> {
  const drawn = drawing.then(() => guarded(() => draw(definition), longestMs));
  drawing = drawn.catch(() => undefined);
  return drawn;
}

function draw(definition: TDocumentDefinitions): Promise<Buffer> {
  const fonts = Object.fromEntries(Object.entries(styles).map(([name, style]) => [name, `${style}.kept`]));
  // pdfmake changes the object that it gets, so each document needs a new one.
  pdfmake.setFonts({ Roboto: fonts });
  return pdfmake.createPdf(definition).getBuffer();
}
