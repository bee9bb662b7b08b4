import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz, mostMs } from '../../../../server/test/fuzz.ts';
import { guessColumns } from './bank-columns.ts';
import { decode, readFile } from './bank-file.ts';
import { readStatement } from './bank-statement.ts';
import { bankFile, layouts } from './test-bank-files.ts';

const { parameters, timeout } = fuzz(300);

/** Files of the ten banks in which some places are replaced by any text. */
const damaged = fc
  .tuple(
    fc.nat(layouts.length - 1),
    fc.nat(1_000),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        remove: fc.nat(60),
        insert: fc.oneof(
          fc.string({ maxLength: 20 }),
          fc.constantFrom('\n', ';', '"', ',', '\t', ';;;;', '0'),
        ),
      }),
      { maxLength: 8 },
    ),
  )
  .map(([layout, seed, changes]) => {
    const text = decode(bankFile(layout, seed).bytes.slice().buffer);
    return changes.reduce((all, { at, remove, insert }) => {
      const from = Math.floor(at * all.length);
      return all.slice(0, from) + insert + all.slice(from + remove);
    }, text);
  });

test('no row below the headings of any file is lost, and none takes long', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async (text) => {
      const start = performance.now();
      const file = readFile(text);
      if (!file) return;
      const { lines, others } = await readStatement(file, guessColumns(file), 'EUR');
      expect(performance.now() - start).toBeLessThan(mostMs);
      expect(lines.length + others.length).toBe(file.rows.length + file.odd.length);
      expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length);
      for (const { amount } of lines) expect(Number.isSafeInteger(amount)).toBe(true);
    }),
    parameters,
  );
});
