const maxWidth = 800;
const maxHeight = 400;

/**
 * Converts any image that the browser can show to a PNG of logo size on white, which e-mails and invoices can print.
 * Redrawing drops any other data in the file.
 *
 * @returns base64
 */
export async function flatPng(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, maxWidth / picture.width, maxHeight / picture.height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext('2d', { alpha: false });
  if (!pen) throw new Error('this browser draws no pictures');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').split(',')[1] ?? '';
}
