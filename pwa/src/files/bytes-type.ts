import { isText } from '#shared/files/text-bytes.ts';
import type { FileDocument } from '#shared/files/schema.ts';

const signatures: [FileDocument['mediaType'], number[]][] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
];

/** The media type of these bytes, or null if it is not an allowed one. The server checks again. */
export function typeOfBytes(bytes: Uint8Array): FileDocument['mediaType'] | null {
  const known = signatures.find(([, signature]) => signature.every((byte, i) => bytes[i] === byte));
  if (known) return known[0];
  const at = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (at(0, 4) === 'RIFF' && at(8, 12) === 'WEBP') return 'image/webp';
  return isText(bytes) ? 'text/plain' : null;
}
