import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fontkit, fontStyles, mainFont, type ParsedFont } from './fonts.ts';

/*
 * What a document needs of its fonts is kept for the next one: the parsed files, the words that were laid out, and the
 * fonts as they are embedded. Without that, it is two thirds of the work for an invoice. No PDF may depend on those drawn
 * before it (draw-pdf.test.ts).
 */

type Subset = { glyphs: number[]; encode: () => Uint8Array };
type LaidOut = ReturnType<ParsedFont['layout']>;
/** A font of one document. pdfkit keeps the words of the document in `layoutCache`. */
type DocumentFont = {
  font: ParsedFont;
  layoutCache: Record<string, LaidOut>;
  encode: (text: string) => unknown;
};
type Drawing = { provideFont: (name: string, bold: boolean, italics: boolean) => DocumentFont };
type PdfMake = {
  virtualfs: { writeFileSync: (name: string, content: Buffer) => void };
  setFonts: (fonts: Record<string, Record<string, string>>) => void;
};

const require = createRequire(import.meta.url);

/** The files of all fonts. A placeholder carries the number of one. */
const files = [...new Set(Object.values(fontStyles).flatMap((styles) => Object.values(styles)))];
const parsed = new Map<number, ParsedFont>();
/** A placeholder file for a parsed font starts with this text, followed by the font's number. */
const placeholder = 'KEPT';

/** pdfmake parses the fonts of each document. fontkit's own interface for font formats gives it those parsed before. */
class KeptFont {
  static probe(bytes: Buffer): boolean {
    return bytes.subarray(0, placeholder.length).toString('latin1') === placeholder;
  }

  constructor({ buffer }: { buffer: Buffer }) {
    const number = buffer[placeholder.length] ?? 0;
    const font = parsed.get(number) ?? keep(fontkit().create(readFileSync(files[number] ?? '')));
    parsed.set(number, font);
    return font;
  }
}

function keep(font: ParsedFont & { createSubset?: () => Subset }): ParsedFont {
  const layout = font.layout.bind(font);
  font.layout = (...args) => {
    // A glyph remembers the first character that used it. For each word they begin anew, so that a word is always the same.
    font._glyphs = {};
    const kept = words.get(font);
    if (kept) kept.count += 1;
    return withReadableLigatures(layout(...args));
  };
  const embedded = new Map<string, Uint8Array>();
  const createSubset = font.createSubset?.bind(font);
  if (createSubset)
    font.createSubset = () => {
      const subset = createSubset();
      const encode = subset.encode.bind(subset);
      subset.encode = () => {
        const key = subset.glyphs.join();
        const bytes = embedded.get(key) ?? encode();
        if (embedded.size >= mostSubsets) embedded.clear();
        embedded.set(key, bytes);
        return bytes;
      };
      return subset;
    };
  return font;
}

/**
 * Programs that read a PDF turn the characters of right-to-left text around, those of a ligature too (poppler and pdf.js do).
 * So the characters of a ligature, lam and alef for one, are stored in the order in which they stand on the page.
 */
function withReadableLigatures(run: LaidOut): LaidOut {
  if (run.direction !== 'rtl') return run;
  run.glyphs = run.glyphs.map((glyph) => {
    if (glyph.codePoints.length < 2) return glyph;
    const turned = Object.create(glyph) as typeof glyph;
    return Object.assign(turned, { codePoints: glyph.codePoints.toReversed() });
  });
  return run;
}

/** About 20 KB each. */
const mostSubsets = 20;
/** About 2 KB each. */
const mostWords = 2_000;
/** The words of each font, as pdfkit lays them out. */
const words = new WeakMap<ParsedFont, { laidOut: Record<string, LaidOut>; count: number }>();

function wordsOf(font: ParsedFont): Record<string, LaidOut> {
  const known = words.get(font);
  if (known && known.count < mostWords) return known.laidOut;
  const laidOut = Object.create(null) as Record<string, LaidOut>;
  words.set(font, { laidOut, count: 0 });
  return laidOut;
}

/**
 * Every document embeds these characters of the main font, so that most documents embed the same bytes. It adds 8 KB to a
 * PDF. Letters that are joined to one glyph stand together.
 */
const common = [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  ...'.,:;-–/()&@%×€·…ÁÉÍÓÚÑáéíóúüñ',
  ...['ff', 'fi', 'fl', 'ffi'],
].join(' ');

/** Makes pdfmake take its fonts from here. @returns registers the fonts for the next document */
export function keepFonts(pdfmake: PdfMake): () => void {
  fontkit().registerFormat(KeptFont);
  for (const number of files.keys()) {
    pdfmake.virtualfs.writeFileSync(`${number}.kept`, Buffer.from([...Buffer.from(placeholder), number]));
  }
  const { prototype } = (require('pdfmake/js/PDFDocument') as { default: { prototype: Drawing } }).default;
  const { provideFont } = prototype;
  const begun = new WeakSet<DocumentFont>();
  prototype.provideFont = function provide(name, ...style) {
    const font = provideFont.call(this, name, ...style);
    if (begun.has(font)) return font;
    begun.add(font);
    font.layoutCache = wordsOf(font.font);
    if (name === mainFont) font.encode(common);
    return font;
  };
  const placeholders = () =>
    Object.entries(fontStyles).map(([name, styles]): [string, Record<string, string>] => [
      name,
      Object.fromEntries(
        Object.entries(styles).map(([style, file]) => [style, `${files.indexOf(file)}.kept`]),
      ),
    ]);
  // pdfmake changes the object that it gets, so each document needs a new one.
  return () => pdfmake.setFonts(Object.fromEntries(placeholders()));
}
