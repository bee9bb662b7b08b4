import QRCode from 'qrcode';
import { expect, test } from 'vitest';
import { qrCanvas } from './qr-canvas.ts';

test('every dark module is drawn once, no light one is, and nothing is outside the square', () => {
  const text = 'BCD\n002\n1\nSCT\n\nARFNET\nES9121000418450200051332\nEUR22.99\n\n\nA2026-000123';
  const side = 97;
  const [background, ...runs] = qrCanvas(text, side).canvas;
  expect(background).toMatchObject({ w: side, h: side });
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const unit = side / modules.size;
  const covered = new Map<string, number>();
  for (const run of runs) {
    if (run.type !== 'rect') throw new Error(`a ${run.type} is not moved to its place`);
    expect(run.x + run.w).toBeLessThanOrEqual(side + 0.001);
    expect(run.y + run.h).toBeLessThanOrEqual(side + 0.001);
    for (let n = 0; n < Math.round(run.w / unit); n += 1) {
      const key = `${Math.round(run.y / unit)} ${Math.round(run.x / unit) + n}`;
      covered.set(key, (covered.get(key) ?? 0) + 1);
    }
  }
  for (let y = 0; y < modules.size; y += 1)
    for (let x = 0; x < modules.size; x += 1) expect(covered.get(`${y} ${x}`) ?? 0).toBe(modules.get(y, x));
});
