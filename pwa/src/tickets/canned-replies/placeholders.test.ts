import { expect, test } from 'vitest';
import { fillIn } from './placeholders.ts';

const known = { client: 'Lucía Navarro', agent: 'Ana', number: '1034', subject: 'Mail {agent}' };

test('every placeholder in braces is filled in', () => {
  expect(fillIn('Hello {client},\n\n#{number}: {subject}\n\n{agent}, {agent}', known)).toBe(
    'Hello Lucía Navarro,\n\n#1034: Mail {agent}\n\nAna, Ana',
  );
});

test('other braces stay unchanged, because a canned reply may show a configuration', () => {
  expect(fillIn('location / { return 301; } {unknown} {constructor}', known)).toBe(
    'location / { return 301; } {unknown} {constructor}',
  );
});
