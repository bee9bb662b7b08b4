import { pino } from 'pino';
import { expect, test } from 'vitest';
import { boundedLine, describeError } from './log-line.ts';

function lineOf(values: object): string {
  let line = '';
  const log = pino(
    { level: 'info', serializers: { error: describeError }, formatters: { log: boundedLine } },
    { write: (text: string) => (line += text) },
  );
  log.info(values, 'request refused');
  return line;
}

test('what an ordinary request logs stays as it is', () => {
  const values = { path: 'sync.push', actor: null, code: 'invalid', at: 5 };
  expect(JSON.parse(lineOf(values))).toMatchObject(values);
});

test.each([
  ['a long text', { code: 'x'.repeat(2_000_000) }],
  ['90,000 keys', { keys: Object.fromEntries(Array.from({ length: 90_000 }, (_, i) => [`key ${i}`, i])) }],
  ['a long list', { issues: Array.from({ length: 90_000 }, () => ({ path: ['x'.repeat(1_000)] })) }],
  ['a long name', { ['n'.repeat(100_000)]: 1 }],
  ['a deep structure', { deep: JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown }],
  ['an error with a long message', { error: new Error('y'.repeat(2_000_000)) }],
  ['bytes of a file', { bytes: Buffer.alloc(1_000_000, 'z') }],
])('%s is cut in the log', (_, values) => {
  const line = lineOf(values);
  expect(line.length).toBeLessThan(30_000);
  expect(line).toContain('request refused');
});

test('bytes are never logged, only their number', () => {
  expect(lineOf({ bytes: Buffer.from('secret bytes') })).toContain('12 bytes');
});
