import type { Page } from '@playwright/test';

/** Creates a JPEG like a phone's photo, large enough for several upload chunks. */
export async function photo(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1600, 1200);
    const context = canvas.getContext('2d');
    const data = context?.createImageData(1600, 1200);
    for (let i = 0; data && i < data.data.length; i += 1)
      data.data[i] = i % 4 === 3 ? 255 : Math.random() * 255;
    if (data) context?.putImageData(data, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
    const reader = new FileReader();
    return new Promise<string>((resolve) => {
      reader.onload = () => resolve((reader.result as string).split(',')[1] ?? ''); // read as a data URL
      reader.readAsDataURL(blob);
    });
  });
  return Buffer.from(base64, 'base64');
}
