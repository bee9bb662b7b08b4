import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/* The fonts of a PDF: which font draws which characters, and how wide a text is in it. */

/** A font that fontkit has parsed. `_glyphs` caches each glyph with the first character that used it. */
export type ParsedFont = {
  _glyphs: object;
  unitsPerEm: number;
  hasGlyphForCodePoint: (codePoint: number) => boolean;
  layout: (
    text: string,
    ...rest: unknown[]
  ) => {
    advanceWidth: number;
    direction: 'ltr' | 'rtl';
    glyphs: { codePoints: number[] }[];
  };
};
type Fontkit = {
  create: (bytes: Buffer) => ParsedFont;
  registerFormat: (format: unknown) => void;
};

const require = createRequire(import.meta.url);
let loaded: Fontkit | undefined;

/**
 * The same instance that pdfkit draws with. It is loaded when first needed: the server only asks whether a text can be
 * printed, and most texts need no font for that.
 */
export function fontkit(): Fontkit {
  const fromPdfkit = createRequire(createRequire(require.resolve('pdfmake')).resolve('pdfkit'));
  return (loaded ??= fromPdfkit('fontkit') as Fontkit);
}

/** The name that pdfmake gives its default font, and its files for pdfmake's four styles. */
export const mainFont = 'Roboto';
const mainStyles = { normal: 'Regular', bold: 'Medium', italics: 'Italic', bolditalics: 'MediumItalic' };

type Fallback = { name: string; draws: RegExp; inText?: RegExp; isWhole?: boolean };
/**
 * Fonts for what the main font lacks, and what each is tried for. The first that has the characters draws them. The fonts
 * for Chinese and for Japanese have most characters in common, in different shapes; a text with kana is Japanese. Arabic
 * letters join, so one font draws all of a text (`isWhole`). Noto's letters share parts, which makes their text ambiguous
 * to a program that reads the PDF, so it comes second.
 */
const fallbacks: readonly Fallback[] = [
  { name: 'NotoEmoji', draws: /\p{Emoji_Presentation}|\ufe0f/u },
  { name: 'NotoSans', draws: /[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Common}\p{sc=Inherited}]/u },
  { name: 'NotoSansHebrew', draws: /\p{scx=Hebrew}/u },
  { name: 'Vazirmatn', draws: /\p{scx=Arabic}/u, isWhole: true },
  { name: 'NotoSansArabic', draws: /\p{scx=Arabic}/u },
  { name: 'NotoSansDevanagari', draws: /\p{scx=Devanagari}/u },
  { name: 'NotoSansBengali', draws: /\p{scx=Bengali}/u },
  { name: 'NotoSansTamil', draws: /\p{scx=Tamil}/u },
  { name: 'NotoSansThai', draws: /\p{scx=Thai}/u },
  { name: 'NotoSansArmenian', draws: /\p{scx=Armenian}/u },
  { name: 'NotoSansGeorgian', draws: /\p{scx=Georgian}/u },
  { name: 'NotoSansEthiopic', draws: /\p{scx=Ethiopic}/u },
  { name: 'NotoSansKR', draws: /\p{scx=Hangul}/u },
  {
    name: 'NotoSansJP',
    draws: /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Common}]/u,
    inText: /[\p{sc=Hira}\p{sc=Kana}]/u,
  },
  { name: 'NotoSansSC', draws: /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Common}\p{sc=Latin}]/u },
  { name: 'NotoSansSymbols', draws: /\p{sc=Common}/u },
  { name: 'NotoSansSymbols2', draws: /\p{sc=Common}/u },
  { name: 'NotoSansMath', draws: /\p{sc=Common}/u },
  { name: 'NotoEmoji', draws: /\p{Emoji}/u },
];

/** Invisible characters that a font may lack, such as a joiner. */
const ignorable = /\p{Default_Ignorable_Code_Point}/u;

type Styles = Record<keyof typeof mainStyles, string>;
/** The files of each font, by its name and pdfmake's style. A fallback font has one weight for all styles. */
export const fontStyles: Readonly<Record<string, Styles>> = {
  [mainFont]: mapStyles((style) => require.resolve(`pdfmake/fonts/Roboto/Roboto-${mainStyles[style]}.ttf`)),
  ...Object.fromEntries(
    fallbacks.map(({ name }) => [name, mapStyles(() => join(import.meta.dirname, 'fonts', `${name}.ttf`))]),
  ),
};

function mapStyles(file: (style: keyof typeof mainStyles) => string): Styles {
  return {
    normal: file('normal'),
    bold: file('bold'),
    italics: file('italics'),
    bolditalics: file('bolditalics'),
  };
}

/**
 * The fonts that measure. A font that draws is another object, because what it has measured before would change the bytes
 * of a PDF.
 */
const measuring = new Map<string, ParsedFont>();

function measuringFont(name: string, isBold = false): ParsedFont {
  const file = fontStyles[name]?.[isBold ? 'bold' : 'normal'] ?? '';
  const font = measuring.get(file) ?? fontkit().create(readFileSync(file));
  measuring.set(file, font);
  return font;
}

/**
 * The font that draws a grapheme.
 *
 * @param text the whole text, which decides between Chinese and Japanese shapes
 * @returns null if no font has all of its characters
 */
export function fontFor(grapheme: string, text: string): string | null {
  const emoji = fallbacks[0];
  if (!emoji?.draws.test(grapheme) && hasAll(mainFont, grapheme)) return mainFont;
  const found = fallbacks.find(
    ({ name, draws, inText, isWhole = false }) =>
      draws.test(grapheme) &&
      (inText?.test(text) ?? true) &&
      (isWhole ? drawsWhole(name, draws, text) : hasAll(name, grapheme)),
  );
  return found?.name ?? (hasAll(mainFont, grapheme) ? mainFont : null);
}

/** The last answer. The letters of one text are asked about one after another. */
let lastWhole = { name: '', text: '', answer: false };

/** True if a font has every letter of its script in a text. */
function drawsWhole(name: string, draws: RegExp, text: string): boolean {
  if (lastWhole.name !== name || lastWhole.text !== text) {
    const letters = [...text].filter((each) => draws.test(each)).join('');
    lastWhole = { name, text, answer: hasAll(name, letters) };
  }
  return lastWhole.answer;
}

function hasAll(name: string, grapheme: string): boolean {
  const font = measuringFont(name);
  return [...grapheme].every(
    (character) => font.hasGlyphForCodePoint(codePoint(character)) || ignorable.test(character),
  );
}

/** The text without the invisible characters that a font lacks, which would be drawn as boxes. */
export function drawable(name: string, text: string): string {
  if (!ignorable.test(text)) return text;
  const font = measuringFont(name);
  return [...text].filter((character) => font.hasGlyphForCodePoint(codePoint(character))).join('');
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** The width of a text in points. It is measured as pdfkit draws it: word by word. */
export function widthOf(
  text: string,
  { font, size, isBold }: { font: string; size: number; isBold: boolean },
): number {
  const words = text.split(/(?<=[ \t])/);
  return size * words.reduce((sum, word) => sum + wordWidth(word, font, isBold), 0);
}

/** Widths of words in units of their size, by font. Breaking a line measures the same words again and again. */
const wordWidths = new Map<string, number>();
const mostWidths = 20_000;

function wordWidth(word: string, font: string, isBold: boolean): number {
  const key = `${font} ${String(isBold)} ${word}`;
  const known = wordWidths.get(key);
  if (known !== undefined) return known;
  const parsed = measuringFont(font, isBold);
  const width = parsed.layout(word).advanceWidth / parsed.unitsPerEm;
  if (wordWidths.size >= mostWidths) wordWidths.clear();
  wordWidths.set(key, width);
  return width;
}
