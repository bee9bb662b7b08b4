import { expect, test } from 'vitest';
import { safeFileName } from './file-name.ts';

test.each([
  ['invoice.pdf', 'application/pdf', 'invoice.pdf'],
  ['Año 2026.PDF', 'application/pdf', 'Año 2026.PDF'],
  ['run.bat', 'text/plain', 'run.bat.txt'],
  ['page.html', 'text/plain', 'page.html.txt'],
  ['access.log', 'text/plain', 'access.log'],
  ['Dockerfile', 'text/plain', 'Dockerfile'],
  ['photo.png.exe', 'image/png', 'photo.png.exe.png'],
  ['photo.png', 'image/jpeg', 'photo.png.jpg'],
  ['invoice\u202Efdp.exe', 'application/pdf', 'invoice fdp.exe.pdf'],
  ['dot.', 'text/plain', 'dot..txt'],
  ['../../etc/passwd', 'text/plain', '.. .. etc passwd'],
  ['\u200B', 'text/plain', 'file'],
] as const)('ASVS 5.3.2 %s of type %s is named %s', (name, mediaType, expected) => {
  expect(safeFileName(name, mediaType)).toBe(expected);
});

test('a long name is shortened in the middle and keeps its ending', () => {
  const safe = safeFileName(`${'a'.repeat(200)}.pdf`, 'application/pdf');
  expect(safe).toHaveLength(120);
  expect(safe).toMatch(/a…a+\.pdf$/);
  expect(safeFileName(`${'a'.repeat(200)}.exe`, 'application/pdf')).toMatch(/\.exe\.pdf$/);
});

test('a safe name stays as it is', () => {
  for (const name of ['run.bat', 'a.b.c', 'x'.repeat(300), 'dot.']) {
    const safe = safeFileName(name, 'text/plain');
    expect(safeFileName(safe, 'text/plain')).toBe(safe);
  }
});
