import bidiFactory from 'bidi-js';
import type { ContentStack, ContentText } from 'pdfmake/interfaces.js';
import { breakLines } from './break-lines.ts';
import { drawable, fontFor, mainFont, widthOf } from './fonts.ts';
import { graphemes, readable, simple } from './printable-text.ts';

/*
 * Sets text that people wrote: names, addresses, lines of an invoice. pdfmake draws in one font, from left to right, and
 * breaks lines only between words. So each line is composed here, of runs that have one font and one direction.
 */

type Style = { width: number; size?: number; isBold?: boolean };
/** A part of a line that is drawn in one font. `level` is its embedding level: odd for right-to-left. */
type Run = { text: string; font: string; level: number };

const bidi = bidiFactory();
/** Formatting characters for directions. They have done their work when the levels are known. */
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
/** Scripts that fontkit itself lays out from right to left. */
const rightToLeft = /[\p{sc=Arabic}\p{sc=Hebrew}]/u;
/** No character of the main font is wider than this many times its size. */
const widestLetter = 0.95;

/**
 * Sets a text for a column.
 *
 * @param style width in points; size in points, default 10
 * @returns content for pdfmake, a line each; a text that pdfmake can break itself stays as it is
 */
export function setText(text: string, style: Style): ContentText | ContentStack {
  const { size = 10, width } = style;
  const longest = Math.max(...text.split(/\s/).map(({ length }) => length));
  if (simple.test(text) && longest * size * widestLetter <= width) return { text };
  return { stack: setLines(text, style).map((line) => ({ text: toInlines(line), noWrap: true })) };
}

/** Sets a text in one line and cuts what doesn't fit. For places that repeat what stands elsewhere in full. */
export function setOneLine(text: string, style: Style): ContentText {
  const dots = { font: mainFont, size: style.size ?? 10, isBold: style.isBold ?? false };
  const width = style.width - widthOf('…', dots);
  const [first = [], ...rest] = setLines(text, { ...style, width });
  const more: Run[] = rest.length > 0 ? [{ text: '…', font: mainFont, level: 0 }] : [];
  return { text: toInlines([...first, ...more]), noWrap: true };
}

/** Keeps a right-to-left part of a composed line, such as the city of an address, from turning the rest around. */
export function isolated(text: string): string {
  return rightToLeft.test(text) ? `\u2068${text}\u2069` : text;
}

function setLines(text: string, { width, size = 10, isBold = false }: Style): Run[][] {
  const clean = readable(text);
  const measureRun = ({ text: part, font }: Run) => widthOf(part, { font, size, isBold });
  return clean.split('\n').flatMap((paragraph) => {
    const { levels } = bidi.getEmbeddingLevels(paragraph, 'auto');
    const whole = runsOf(paragraph, { levels, text: clean });
    const measure = (part: string) =>
      runsOf(part, { levels: new Uint8Array(part.length), text: clean, isMeasured: true }).reduce(
        (sum, run) => sum + measureRun(run),
        0,
      );
    if (whole.reduce((sum, run) => sum + measureRun(run), 0) <= width) return [visualOrder(whole)];
    return breakLines(paragraph, width, measure).map(({ start, end }) =>
      visualOrder(runsOf(paragraph.slice(start, end), { levels: levels.subarray(start, end), text: clean })),
    );
  });
}

/** Splits a line into runs, in the order in which it is read. */
function runsOf(
  line: string,
  { levels, text, isMeasured = false }: { levels: Uint8Array; text: string; isMeasured?: boolean },
): Run[] {
  const runs: (Run & { isJoined: boolean })[] = [];
  let position = 0;
  for (const grapheme of graphemes(line)) {
    const level = levels[position] ?? 0;
    position += grapheme.length;
    const isOdd = level % 2 === 1;
    const visible = grapheme.replace(directions, '');
    if (visible === '') continue;
    const font = fontFor(visible, text) ?? mainFont;
    const drawn = drawable(font, isOdd ? (bidi.getMirroredCharacter(visible) ?? visible) : visible);
    // fontkit turns the letters of a run by their script. Whatever it would turn the wrong way is a run of its own.
    const isJoined = isMeasured || rightToLeft.test(drawn) === isOdd;
    const last = runs.at(-1);
    if (last && last.isJoined && isJoined && last.level === level && last.font === font) last.text += drawn;
    else runs.push({ text: drawn, font, level, isJoined });
  }
  return runs.map(({ text: part, font, level }) => ({ text: part, font, level }));
}

/** Orders the runs of a line as they stand on the page, from left to right (UAX 9, rule L2). */
function visualOrder(runs: Run[]): Run[] {
  const ordered = [...runs];
  const highest = Math.max(0, ...runs.map(({ level }) => level));
  for (let level = highest; level > 0; level -= 1) {
    for (let i = 0; i < ordered.length; i += 1) {
      let end = i;
      while ((ordered[end]?.level ?? -1) >= level) end += 1;
      if (end === i) continue;
      ordered.splice(i, end - i, ...ordered.slice(i, end).toReversed());
      i = end;
    }
  }
  return ordered;
}

/** pdfmake cuts spaces at the ends of what it believes to be a word, unless told not to. */
function toInlines(runs: readonly Run[]): ContentText[] {
  if (runs.length === 0) return [{ text: ' ' }];
  return runs.map(({ text, font }) => ({
    text,
    font,
    preserveLeadingSpaces: true,
    preserveTrailingSpaces: true,
  }));
}
