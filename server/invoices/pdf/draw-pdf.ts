import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { guarded } from '../../limits/guarded.ts';
import { fontkit, fontStyles, type ParsedFont } from './fonts.ts';
import type { TDocumentDefinitions } from 'pdfmake/interfaces.js';

type PdfMake = {
  virtualfs: { writeFileSync: (name: string, content: Buffer) => void };
  setFonts: (fonts: Record<string, Record<string, string>>) => void;
  setUrlAccessPolicy: (allow: (url: string) => boolean) => void;
  setLocalAccessPolicy: (allow: (path: string) => boolean) => void;
  createPdf: (definition: TDocumentDefinitions) => { getBuffer: () => Promise<Buffer> };
};

const require = createRequire(import.meta.url);
const pdfmake = require('pdfmake') as PdfMake; // the types describe the browser's build

/** The files of all fonts. A placeholder carries the number of one. */
const files = [...new Set(Object.values(fontStyles).flatMap((styles) => Object.values(styles)))];
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
    const font =
      parsed.get(number) ?? withReadableLigatures(fontkit().create(readFileSync(files[number] ?? '')));
    parsed.set(number, font);
    font._glyphs = {};
    return font;
  }
}

/**
 * Programs that read a PDF turn the characters of right-to-left text around, those of a ligature too (poppler and pdf.js do).
 * So the characters of a ligature, lam and alef for one, are stored in the order in which they stand on the page.
 */
function withReadableLigatures(font: ParsedFont): ParsedFont {
  const layout = font.layout.bind(font);
  font.layout = (...args) => {
    const run = layout(...args);
    if (run.direction !== 'rtl') return run;
    run.glyphs = run.glyphs.map((glyph) => {
      if (glyph.codePoints.length < 2) return glyph;
      const turned = Object.create(glyph) as typeof glyph;
      return Object.assign(turned, { codePoints: glyph.codePoints.toReversed() });
    });
    return run;
  };
  return font;
}

fontkit().registerFormat(CachedFont);
for (const number of files.keys()) {
  pdfmake.virtualfs.writeFileSync(`${number}.kept`, Buffer.from([...Buffer.from(placeholder), number]));
}
// Drawing reads only the fonts above. Text in an invoice cannot make it read a file or a URL.
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy(() => false);

type PdfDocument = {
  addContent: (operator: string) => unknown;
  text: (text: string, ...rest: unknown[]) => unknown;
  markContent: (tag: string, options: { actual: string }) => void;
  endMarkedContent: () => void;
};
/** Scripts whose letters are drawn in another order or in other parts than they are written. */
const rearranged = /[\p{sc=Devanagari}\p{sc=Bengali}\p{sc=Tamil}\p{sc=Thai}]/u;
const { prototype } = (require('pdfmake/js/PDFDocument') as { default: { prototype: PdfDocument } }).default;
const { text: drawText, addContent } = prototype;
/**
 * A program that reads or searches the PDF gets the text of such scripts as it was written, from the mark ActualText
 * (ISO 32000-1, 14.9.4). pdfmake has no way to set it. It goes around the text object (BT to ET), where its position is known.
 */
prototype.text = function text(this: PdfDocument, written: string, ...rest: unknown[]) {
  if (!rearranged.test(written)) return drawText.call(this, written, ...rest);
  this.addContent = (operator) => {
    if (operator === 'BT') {
      const marked = this.addContent;
      this.addContent = addContent;
      this.markContent('Span', { actual: written });
      this.addContent = marked;
    }
    addContent.call(this, operator);
    if (operator !== 'ET') return this;
    this.addContent = addContent;
    this.endMarkedContent();
    return this;
  };
  return drawText.call(this, written, ...rest);
};

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
  const placeholders = Object.entries(fontStyles).map(([name, styles]): [string, Record<string, string>] => [
    name,
    Object.fromEntries(Object.entries(styles).map(([style, file]) => [style, `${files.indexOf(file)}.kept`])),
  ]);
  // pdfmake changes the object that it gets, so each document needs a new one.
  pdfmake.setFonts(Object.fromEntries(placeholders));
  return pdfmake.createPdf(definition).getBuffer();
}
