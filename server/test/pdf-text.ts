import { constants, inflateSync } from 'node:zlib';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** A piece of text on a page, in points from the bottom left corner. */
export type PdfBox = { text: string; page: number; x: number; y: number; width: number };

/** Extracts the text of a PDF, page by page, as a reader selects it. No-break spaces become spaces. */
export async function pdfText(bytes: Uint8Array): Promise<string> {
  const boxes = await pdfBoxes(bytes);
  const pages = Map.groupBy(boxes, ({ page }) => page);
  return [...pages.values()]
    .map((page) => page.map(({ text }) => text).join(''))
    .join('\n')
    .replace(/[ \u00a0]+/g, ' ');
}

/** Extracts every piece of text with its place. */
export async function pdfBoxes(bytes: Uint8Array): Promise<PdfBox[]> {
  const document = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
  const boxes: PdfBox[] = [];
  for (let page = 1; page <= document.numPages; page += 1) {
    const { items } = await (await document.getPage(page)).getTextContent();
    for (const item of items) {
      if (!('str' in item)) continue;
      const [x, y] = [Number(item.transform[4]), Number(item.transform[5])];
      boxes.push({ text: item.str + (item.hasEOL ? '\n' : ' '), page, x, y, width: item.width });
    }
  }
  await document.destroy();
  return boxes;
}

/** The texts of the ActualText marks, which pdf.js doesn't read. Other readers take them instead of the drawn letters. */
export function actualTexts(bytes: Uint8Array): string[] {
  const pdf = Buffer.from(bytes).toString('latin1');
  return [...pdf.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].flatMap(([, body = '']) => {
    const content = inflated(Buffer.from(body, 'latin1'));
    return [...content.matchAll(/\/ActualText \(((?:\\[\s\S]|[^\\)])*)\)/g)].map(([, string = '']) =>
      decoded(string),
    );
  });
}

/** The content of a compressed stream; '' for another one, which is no content of a page. */
function inflated(stream: Buffer): string {
  try {
    // The last byte may be missing, if it looks like the line break before the word that ends a stream.
    return inflateSync(stream, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
  } catch {
    return '';
  }
}

/** A PDF string in UTF-16, big endian, with its escapes. */
function decoded(string: string): string {
  const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
  const raw = string.replace(/\\([\s\S])/g, (_, escaped: string) => escapes[escaped] ?? escaped);
  return Buffer.from(raw, 'latin1').subarray(2).swap16().toString('utf16le');
}
