import { convert, type HtmlToTextOptions } from 'html-to-text';

/*
 * The text of an e-mail. Most have it twice, as plain text and as HTML. Some have only HTML, an empty plain text, or a plain
 * text that says less (the footer of a list, "your program shows no HTML"). No word of either may be lost.
 */

const options: HtmlToTextOptions = {
  wordwrap: false,
  limits: {
    maxInputLength: 2_000_000,
    maxDepth: 200,
    maxChildNodes: 20_000,
    ellipsis: '…',
  },
  formatters: {
    // Cells beside each other must not become one word.
    cell: (element, walk, builder) => {
      walk(element.children, builder);
      builder.addLiteral('\t');
    },
    // An emoji can be a picture. Other pictures are attachments.
    picture: (element, _walk, builder) => {
      const { alt = '' } = element.attribs as { alt?: string };
      builder.addInline(alt);
    },
    row: (element, walk, builder) => {
      builder.openBlock({ leadingLineBreaks: 1 });
      walk(element.children, builder);
      builder.closeBlock({ trailingLineBreaks: 1 });
    },
  },
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true } },
    { selector: 'img', format: 'picture' },
    { selector: 'tr', format: 'row' },
    { selector: 'td', format: 'cell' },
    { selector: 'th', format: 'cell' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
};

/** The text of HTML. Quotations begin with >, as in plain text. */
export function textOfHtml(html: string): string {
  return convert(html, options)
    .split('\n')
    .map((line) => line.replace(/[\t ]+$/, '').replace(/^ >/, '>'))
    .join('\n');
}

/** Text and HTML are the same if this share of the words of one is in the other. */
const sameShare = 0.9;

/** The words of an e-mail: its plain text, or its HTML if that says more, or both if each has its own words. */
export function textOfMail({ text, html }: { text: string; html: string }): string {
  if (html.trim() === '') return text;
  const fromHtml = textOfHtml(html);
  if (text.trim() === '') return fromHtml;
  if (shareOf(fromHtml, text) >= sameShare) return text;
  return shareOf(text, fromHtml) >= sameShare ? fromHtml : `${fromHtml.trim()}\n\n${text.trim()}`;
}

/** The share of the words of one text that the other has too. */
function shareOf(one: string, other: string): number {
  const words = wordsOf(one);
  if (words.length === 0) return 1;
  const known = new Set(wordsOf(other));
  return words.filter((word) => known.has(word)).length / words.length;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
