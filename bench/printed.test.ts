import { expect, test } from 'vitest';
import { withoutLimits, verdictOn, type Figure } from './figure.ts';
import { faultsIn } from './printed.ts';
import { tableOf } from './report.ts';

const figure = (more: Partial<Figure>): Figure => ({
  name: 'answers',
  value: 1,
  unit: '/s',
  better: 'higher',
  ...more,
});
const faultsOf = (...figures: Figure[]) => faultsIn(tableOf(figures), figures);

test('finite numbers of every size are found in the printed table', () => {
  const values = [0, -3, 0.071, 1e-9, 1e-300, 123.456, 10_000_000, 1.5e21];
  expect(faultsOf(...values.map((value) => figure({ value })))).toEqual([]);
  expect(faultsOf(figure({ unit: '' }), figure({ name: 'answers, p95', must: 2, note: 'a note' }))).toEqual(
    [],
  );
});

test('a figure that is not a finite number is a fault', () => {
  for (const value of [Number.NaN, Infinity, -Infinity]) {
    expect(faultsOf(figure({}), figure({ name: 'lost', value }))).toEqual([
      `lost: "${value}" is no finite number`,
    ]);
  }
});

test('a figure that was not measured must give a reason', () => {
  const value = Number.NaN;
  expect(faultsOf(figure({ value, skipped: 'PouchDB is left out' }))).toEqual([]);
  expect(tableOf([figure({ value, skipped: 'PouchDB is left out' })])).toContain('PouchDB is left out');
  expect(faultsOf(figure({ value, skipped: '' }))).toEqual(['answers: skipped without a reason']);
});

test('a figure missing from the table, and a bench without figures, are faults', () => {
  const figures = [figure({}), figure({ name: 'lost' })];
  expect(faultsIn(tableOf(figures.slice(0, 1)), figures)).toEqual(['lost: not printed']);
  expect(faultsOf()).toEqual(['the bench gave no figures']);
});

test('the tiny form judges counts but not speed', () => {
  expect(verdictOn(withoutLimits(figure({ value: 1, must: 300, goal: 500 })))).toBe('');
  const lost = figure({ name: 'lost', value: 1, must: 0, better: 'lower', exact: true });
  expect(verdictOn(withoutLimits(lost))).toBe('FAILS must');
});
