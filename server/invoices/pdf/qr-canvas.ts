import QRCode from 'qrcode';
import type { CanvasRect, ContentCanvas } from 'pdfmake/interfaces.js';

/**
 * A QR code of error correction M, a rectangle for each run of dark modules in a row: one for each module, as pdfmake
 * draws its own, costs more than the rest of an invoice. (A path would be one, but pdfmake puts it at the page's corner.)
 *
 * @param side in points
 */
export function qrCanvas(text: string, side: number): ContentCanvas {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const { size } = modules;
  const unit = side / size;
  const runs: CanvasRect[] = [];
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if (modules.get(y, x) !== 1) continue;
      const from = x;
      while (x + 1 < size && modules.get(y, x + 1) === 1) x += 1;
      // A little higher than a module, so that no reader shows a line of light between two rows.
      const h = Math.min(unit * 1.02, side - y * unit);
      runs.push({ type: 'rect', x: from * unit, y: y * unit, w: (x + 1 - from) * unit, h, color: '#000000' });
    }
  }
  return { canvas: [{ type: 'rect', x: 0, y: 0, w: side, h: side, color: '#ffffff' }, ...runs] };
}
