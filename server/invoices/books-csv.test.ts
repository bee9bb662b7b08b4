import fc from 'fast-check';
import papaparse from 'papaparse';
import { expect, test } from 'vitest';
import { fuzz } from '../test/fuzz.ts';
import { csvOf } from './books-package.ts';

test.each([
  ['=SUM(A1) GmbH', "'=SUM(A1) GmbH"],
  ['Müller; =cmd()', "Müller; '=cmd()"],
  ['a,+1', "a,'+1"],
  ['a\t@SUM(1)', "a\t'@SUM(1)"],
  ['-12.50', '-12.50'],
  ['Müller-Lüdenscheid', 'Müller-Lüdenscheid'],
])('the cell %j is written as %j', (cell, written) => {
  const [row] = papaparse.parse<{ a: string }>(csvOf(['a'], [{ a: cell }]).trim(), { header: true }).data;
  expect(row?.a).toBe(written);
});

const { parameters, timeout } = fuzz(2_000);

test('whatever the separator a spreadsheet takes, no cell begins with a formula', { timeout }, () => {
  const text = fc.string({
    unit: fc.constantFrom('=', '+', '-', '@', ';', ',', '|', '\t', '"', ' ', 'a', '1', '\n'),
  });
  fc.assert(
    fc.property(text, (cell) => {
      const csv = csvOf(['a'], [{ a: cell }]);
      for (const delimiter of [',', ';', '\t', '|']) {
        for (const row of papaparse.parse<string[]>(csv, { delimiter }).data)
          for (const each of row)
            if (!/^-?\d+(\.\d+)?\s*$/.test(each.trim())) expect(each.trim()).not.toMatch(/^[=+@-]/);
      }
    }),
    parameters,
  );
});
