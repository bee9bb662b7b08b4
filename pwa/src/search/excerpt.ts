import { fold } from './fold.ts';

export type Part = { text: string; isHit: boolean };

const before = 40;
const longest = 160;

/**
 * The place of a text where a search was found, cut to one or two lines, with the found words marked.
 *
 * @param terms the found words, folded
 */
export function excerptOf(text: string, terms: readonly string[]): Part[] {
  const plain = text.replace(/\s+/g, ' ').trim();
  const isTerm = (word: string) => terms.includes(fold(word));
  const pieces = [...plain.matchAll(/[\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}]+/gu)];
  const first = pieces.find(([word]) => isTerm(word))?.index ?? 0;
  const start = Math.max(0, first - before);
  const from = start === 0 ? 0 : plain.indexOf(' ', start) + 1;
  const parts: Part[] = from > 0 ? [{ text: '…', isHit: false }] : [];
  for (const [word] of plain
    .slice(from, from + longest)
    .matchAll(/[\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}]+/gu)) {
    const isHit = isTerm(word);
    const last = parts.at(-1);
    if (last?.isHit === isHit) last.text += word;
    else parts.push({ text: word, isHit });
  }
  if (plain.length > from + longest) parts.push({ text: '…', isHit: false });
  return parts;
}
