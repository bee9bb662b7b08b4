/**
 * Creates a UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits. Later ids sort later.
 *
 * @param now milliseconds since 1970
 * @param random 10 random bytes. Time and randomness are parameters, so that tests can fix them
 */
export function uuidv7(now: number, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError('uuidv7 needs 10 random bytes');
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(now) << 16n);
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Creates an id generator whose ids sort in the order of creation within one process, unless the clock goes back. Within
 * a millisecond the random part is incremented (RFC 9562, 6.2, method 2). Lists that sort "newest first" by id rely on
 * this.
 *
 * @param random returns 10 new random bytes
 */
export function idsInOrder(now: () => number, random: () => Uint8Array): () => string {
  let last = 0;
  let tail: Uint8Array = new Uint8Array(10);
  return () => {
    const time = now();
    if (time === last && increment(tail)) return uuidv7(last, tail);
    last = time;
    tail = Uint8Array.from(random());
    return uuidv7(last, tail);
  };
}

/** Adds one to the bytes after the version and variant bits. Returns false if they overflow. */
function increment(tail: Uint8Array): boolean {
  for (let i = 9; i > 2; i -= 1) {
    const next = ((tail[i] ?? 0) + 1) & 0xff;
    tail[i] = next;
    if (next !== 0) return true;
  }
  return false;
}
