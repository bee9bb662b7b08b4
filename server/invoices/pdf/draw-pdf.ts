import { createRequire } from 'node:module';
import { keepFonts } from './kept-fonts.ts';
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

const registerFonts = keepFonts(pdfmake);
// Drawing reads only its own fonts. Text in an invoice cannot make it read a file or a URL.
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

/** The last drawing in the queue: only one document at a time may use the fonts. */
let drawing: Promise<unknown> = Promise.resolve();

/** Draws a PDF. The same definition gives the same bytes, because the creation date is part of the definition. */
export function drawPdf(definition: TDocumentDefinitions): Promise<Buffer> {
  const drawn = drawing.then(() => draw(definition));
  drawing = drawn.catch(() => undefined);
  return drawn;
}

function draw(definition: TDocumentDefinitions): Promise<Buffer> {
  registerFonts();
  return pdfmake.createPdf(definition).getBuffer();
}
