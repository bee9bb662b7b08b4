/**
 * Opens a paper by its hash: from this device where it has been read before, else from the server, and keeps it.
 *
 * @returns false where it is neither here nor to be had (no network)
 */
export async function openPaper(person: string, hash: string, fileName: string): Promise<boolean> {
  const response = await paper(person, hash);
  if (!response) return false;
  const url = URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: 'application/pdf' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return true;
}

async function paper(person: string, hash: string): Promise<Response | null> {
  const cache = await caches.open(`papers-${person}`);
  const address = `/papers/${hash}`;
  const kept = await cache.match(address);
  if (kept) return kept;
  try {
    const response = await fetch(address);
    if (!response.ok) return null;
    // Kept under its hash, which never means anything else; signing out deletes the cache.
    await cache.put(address, response.clone());
    return response;
  } catch {
    return null;
  }
}
