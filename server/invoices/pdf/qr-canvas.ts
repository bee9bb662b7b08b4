import QRCode from 'qrcode';
import type { CanvasRect, ContentCanvas } from 'pdfmake/interfaces.js';

/**
 * Draws a QR code with error correction M, as one rectangle per run of dark modules in a row. One rectangle per module,
 * as pdfmake draws its own QR codes, costs more than the rest of an invoice. (A single path would be enough, but pdfmake
 * puts it at the corner of the page.)
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
      // A little higher than a module, so that no PDF reader shows a light line between two rows.
      const h = Math.min(unit * 1.02, side - y * unit);
      runs.push({ type: 'rect', x: from * unit, y: y * unit, w: (x + 1 - from) * unit, h, color: '#000000' });
    }
  }
  return { canvas: [{ type: 'rect', x: 0, y: 0, w: side, h: side, color: '#ffffff' }, ...runs] };
}
