import { expect, test } from 'vitest';
import { isText } from './text-bytes.ts';

const utf16 = (text: string, littleEndian: boolean) => {
  const bytes = new Uint8Array(2 + text.length * 2);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfeff, littleEndian);
  for (let i = 0; i < text.length; i += 1) view.setUint16(2 + i * 2, text.charCodeAt(i), littleEndian);
  return bytes;
};

test.each([
  ['UTF-8', new TextEncoder().encode('año nuevo\n')],
  ['UTF-16 of Windows', utf16('año nuevo\r\n', true)],
  ['UTF-16, big end first', utf16('año nuevo', false)],
  ['Latin-1', Uint8Array.from([0x61, 0xf1, 0x6f])],
  ['Windows-1252 with a euro sign', Uint8Array.from([0x31, 0x20, 0x80])],
  ['a coloured log', new TextEncoder().encode('\u001b[31mred\u001b[0m\tx\f')],
])('%s is text', (_, bytes) => {
  expect(isText(bytes)).toBe(true);
});

test.each([
  ['a program', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0])],
  ['UTF-16 with NUL', utf16('a\0b', true)],
  ['half a character of UTF-16', Uint8Array.from([0xff, 0xfe, 0x61])],
  ['control characters', Uint8Array.from([0x61, 0x01, 0xf1])],
])('%s is no text', (_, bytes) => {
  expect(isText(bytes)).toBe(false);
});
