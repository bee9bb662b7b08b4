import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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

const styles = { normal: 'Regular', bold: 'Medium', italics: 'Italic', bolditalics: 'MediumItalic' };
for (const style of Object.values(styles)) {
  const file = `Roboto-${style}.ttf`;
  pdfmake.virtualfs.writeFileSync(file, readFileSync(require.resolve(`pdfmake/fonts/Roboto/${file}`)));
}
// A drawing reads nothing but the fonts above: no file, no address, whatever a name in an invoice says.
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy(() => false);

/** Draws a definition. The same definition gives the same bytes, as its creation date is part of it. */
export async function drawPdf(definition: TDocumentDefinitions): Promise<Buffer> {
  const fonts = Object.fromEntries(
    Object.entries(styles).map(([name, style]) => [name, `Roboto-${style}.ttf`]),
  );
  // pdfmake writes the parsed font into what it is given: fresh for each document.
  pdfmake.setFonts({ Roboto: fonts });
  return pdfmake.createPdf(definition).getBuffer();
}
