import LineBreaker from 'linebreak';
import { graphemes } from './printable-text.ts';

const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * Breaks a paragraph into lines that are at most `width` wide: where the Unicode line breaking algorithm allows it, else
 * between words (Thai has no spaces), else between any two graphemes.
 *
 * @param measure the width of a text
 * @returns the lines, each with its first and last position in the paragraph; spaces at their ends are left out
 */
export function breakLines(
  paragraph: string,
  width: number,
  measure: (text: string) => number,
): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = [];
  let line = { start: 0, end: 0 };
  let used = 0;
  let position = 0;
  for (const piece of fittingPieces(paragraph, width, measure)) {
    const visible = piece.trimEnd();
    if (used > 0 && used + measure(visible) > width) {
      lines.push(line);
      line = { start: position, end: position };
      used = 0;
    }
    if (visible !== '') line.end = position + visible.length;
    used += measure(piece);
    position += piece.length;
  }
  return [...lines, line];
}

function* fittingPieces(
  paragraph: string,
  width: number,
  measure: (text: string) => number,
): Generator<string> {
  const fits = (text: string) => measure(text.trimEnd()) <= width;
  for (const segment of segments(paragraph)) {
    if (fits(segment)) yield segment;
    else
      for (const { segment: word } of words.segment(segment)) {
        if (fits(word)) yield word;
        else yield* graphemes(word);
      }
  }
}

function* segments(paragraph: string): Generator<string> {
  const breaker = new LineBreaker(paragraph);
  let last = 0;
  for (let at = breaker.nextBreak(); at; at = breaker.nextBreak()) {
    yield paragraph.slice(last, at.position);
    last = at.position;
  }
}
