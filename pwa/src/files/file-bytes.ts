/**
 * The bytes of files on this device, in one cache per person, keyed by their SHA-256 hash. Signing out deletes the
 * cache. Bytes that are not uploaded yet exist only here.
 */

const cacheOf = (person: string) => caches.open(`files-${person}`);
export const addressOf = (hash: string) => `/files/${hash}`;

/**
 * Opens a file by its hash, from this device or else from the server, and keeps a copy.
 *
 * @returns false if it is not on the device and cannot be fetched (no network)
 */
export async function openFile(
  person: string,
  { sha256, fileName, mediaType }: { sha256: string; fileName: string; mediaType: string },
): Promise<boolean> {
  const bytes = await bytesOf(person, sha256);
  if (!bytes) return false;
  const url = URL.createObjectURL(new Blob([await bytes.arrayBuffer()], { type: mediaType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return true;
}

/** The bytes from this device, or else from the server. Null if neither has them now. */
export async function bytesOf(person: string, hash: string): Promise<Blob | null> {
  const kept = await keptBytes(person, hash);
  if (kept) return kept;
  try {
    const response = await fetch(addressOf(hash));
    if (!response.ok) return null;
    await (await cacheOf(person)).put(addressOf(hash), response.clone());
    return await response.blob();
  } catch {
    return null;
  }
}

/** The bytes from this device only, or null. */
export async function keptBytes(person: string, hash: string): Promise<Blob | null> {
  const found = await (await cacheOf(person)).match(addressOf(hash));
  return found ? found.blob() : null;
}

export async function keepBytes(person: string, hash: string, bytes: Blob): Promise<void> {
  await (await cacheOf(person)).put(addressOf(hash), new Response(bytes));
}

/** Deletes the bytes and the thumbnail of a file that is gone (redacted, or handed to another queue). */
export async function dropBytes(person: string, hash: string): Promise<void> {
  const cache = await cacheOf(person);
  await cache.delete(addressOf(hash));
  await cache.delete(`${addressOf(hash)}?thumbnail`);
}

/** The width of a thumbnail in device pixels on the sharpest screens. */
const thumbPixels = 320;

/** A thumbnail of an image, created once and kept. Null if the bytes are unavailable or not an image. */
export async function thumbnailOf(person: string, hash: string): Promise<Blob | null> {
  const cache = await cacheOf(person);
  const address = `${addressOf(hash)}?thumbnail`;
  const kept = await cache.match(address);
  if (kept) return kept.blob();
  const bytes = await bytesOf(person, hash);
  if (!bytes) return null;
  try {
    const full = await createImageBitmap(bytes);
    const scale = Math.min(1, thumbPixels / Math.max(full.width, full.height));
    const canvas = new OffscreenCanvas(Math.ceil(full.width * scale), Math.ceil(full.height * scale));
    canvas.getContext('2d')?.drawImage(full, 0, 0, canvas.width, canvas.height);
    full.close();
    const small = await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
    await cache.put(address, new Response(small));
    return small;
  } catch {
    return null;
  }
}

/** Deletes this person's files from the device, except those with these hashes (not uploaded yet). */
export async function forgetBytes(person: string, except: ReadonlySet<string> = new Set()): Promise<void> {
  if (except.size === 0) return void (await caches.delete(`files-${person}`));
  const cache = await cacheOf(person);
  const keep = new Set([...except].map((hash) => new URL(addressOf(hash), location.origin).href));
  for (const request of await cache.keys()) if (!keep.has(request.url)) await cache.delete(request);
}
