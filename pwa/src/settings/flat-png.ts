const mostWidth = 800;
const mostHeight = 400;

/**
 * Any picture the browser can show, as a PNG of a logo's size on white: what e-mails and invoices can print. Drawing
 * it anew leaves behind whatever else the file carried.
 *
 * @returns base64
 */
export async function flatPng(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, mostWidth / picture.width, mostHeight / picture.height);
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
