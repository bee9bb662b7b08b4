import { expect, test } from 'vitest';
import { typeOfBytes } from './bytes-type.ts';

const text = (value: string) => new TextEncoder().encode(value);

test("a file's type comes from its content", () => {
  expect(typeOfBytes(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0))).toBe('image/png');
  expect(typeOfBytes(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0))).toBe('image/jpeg');
  expect(typeOfBytes(text('RIFF____WEBPVP8 '))).toBe('image/webp');
  expect(typeOfBytes(text('%PDF-1.7'))).toBe('application/pdf');
  expect(typeOfBytes(text('Jan 01 kernel: ünïcode'))).toBe('text/plain');
  expect(typeOfBytes(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0))).toBeNull();
  expect(typeOfBytes(Uint8Array.of(0x61, 0xf1, 0x6f))).toBe('text/plain'); // Latin-1
  expect(typeOfBytes(Uint8Array.of(0xc3, 0x01))).toBeNull();
});
