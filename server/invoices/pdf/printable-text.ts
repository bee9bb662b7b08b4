import { fontFor } from './fonts.ts';

/* Which texts can be printed. In a file of its own, because the server asks this without the code that draws. */

/** Characters of the main font that need no layout of their own. */
export const simple = /^[\n\x20-\x7e\xa0-\xac\xae-\u017f\u2009\u2013\u2014\u2018-\u201d\u2026\u20ac]*$/;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The graphemes of a text: what a reader sees as one character. */
export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The characters that no font can draw, each once. Empty if the text can be printed. */
export function unprintable(text: string): string[] {
  if (simple.test(text)) return [];
  const clean = readable(text);
  const missing = graphemes(clean).filter((each) => each !== '\n' && fontFor(each, clean) === null);
  return [...new Set(missing)];
}

/** The text with composed characters (NFC), and with one kind of space and of line break. */
export function readable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[\t\u1680\u2000-\u200a\u202f\u205f\u3000]/gu, ' ');
}
