/**
 * True if the bytes are text: UTF-8, UTF-16 with a byte order mark, or an 8-bit encoding such as Latin-1. Text contains no
 * control characters but tabs, line and page breaks, and the escapes of coloured logs.
 */
export function isText(bytes: Uint8Array): boolean {
  const text = textIn(bytes);
  return text !== null && !controls.test(text);
}

// eslint-disable-next-line no-control-regex -- control characters are what text must not contain
const controls = /[\x00-\x07\x0b\x0e-\x1a\x1c-\x1f]/;

function textIn(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decode(bytes, 'utf-16le');
  if (first === 0xfe && second === 0xff) return decode(bytes, 'utf-16be');
  // In Latin-1 every byte is a character, so only the control characters decide.
  return decode(bytes, 'utf-8') ?? decode(bytes, 'latin1');
}

function decode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
