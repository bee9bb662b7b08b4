import { expect, test } from 'vitest';
import { guessColumns } from './bank-columns.ts';
import { decode, readFile } from './bank-file.ts';
import { readStatement } from './bank-statement.ts';
import { bankFile, layouts } from './test-bank-files.ts';

/*
 * 200 files in the layouts of ten banks. Every booked row is read with its day and amount, every other row is listed with the
 * reason, and the sums are equal.
 */

const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1);
const reasons = { pending: ['pending'], foreign: ['foreign'], broken: ['cells', 'day', 'amount', 'total'] };

test.each(layouts.map(({ name }) => name))('every row of the files of %s is read or listed', async (name) => {
  for (const seed of seeds) {
    const expected = bankFile(name, seed);
    const file = readFile(decode(expected.bytes.slice().buffer));
    if (!file) throw new Error(`${expected.name} has no columns`);
    const { lines, others } = await readStatement(file, guessColumns(file), expected.currency);
    const booked = expected.rows.filter(({ kind }) => kind === 'booked');
    const shape = ({ day, amount }: { day: string; amount: number }) => `${day} ${amount}`;
    expect(lines.map(shape).sort(), expected.name).toEqual(booked.map(shape).sort());
    expect(lines.reduce((sum, { amount }) => sum + amount, 0)).toBe(expected.sum);
    for (const kind of ['pending', 'foreign', 'broken'] as const) {
      const rows = expected.rows.filter((row) => row.kind === kind).length;
      const listed = others.filter(({ why }) => reasons[kind].includes(why)).length;
      expect(listed, `${expected.name} ${kind}`).toBeGreaterThanOrEqual(rows);
    }
    // The number of an invoice is found in whichever column it stands.
    for (const { invoice, amount, day } of booked.filter((row) => row.invoice)) {
      const own = lines.filter((line) => line.day === day && line.amount === amount);
      expect(
        own.some(({ payer, text }) => `${payer} ${text}`.includes(invoice ?? '')),
        `${expected.name} ${invoice ?? ''}`,
      ).toBe(true);
    }
  }
});
