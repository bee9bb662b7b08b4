import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { defences } from './defences.ts';
import { lineOf, securityTable, securityTests } from './security-doc.ts';

test('docs/security.md lists every security test with the line of its defence as it stands now', async () => {
  const head = readFileSync(new URL('./security-head.md', import.meta.url), 'utf8');
  await expect(`${head}\n${securityTable()}`).toMatchFileSnapshot('../docs/security.md');
});

test('every security test of the server has a defence that `npm run defences` can take out', () => {
  const known = new Set(defences.map(([asvs]) => asvs));
  const missing = securityTests().filter(({ asvs, file }) => !file.startsWith('e2e/') && !known.has(asvs));
  expect(missing.map(({ asvs, file }) => `${asvs} ${file}`)).toEqual([]);
  for (const [, , file, text] of defences) expect(lineOf(file, text)).toContain(file);
  // A defence whose tests are not found would prove nothing.
  const without = defences.filter(
    ([asvs, tests]) => !securityTests().some((each) => each.asvs === asvs && each.file.startsWith(tests)),
  );
  expect(without.map(([asvs, tests]) => `${asvs} ${tests}`)).toEqual([]);
});

test('at least 42 different requirements are tested', () => {
  expect(new Set(securityTests().map(({ asvs }) => asvs)).size).toBeGreaterThanOrEqual(42);
});
