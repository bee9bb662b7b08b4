import { expect, test } from 'vitest';
import { fillIn, unknownIn } from './placeholders.ts';

const known = {
  client: 'Lucía Navarro',
  agent: 'Ana',
  number: '1034',
  subject: 'Mail {agent}',
  service: 'web-1',
};

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

test('names in braces that are no placeholders are found, each once', () => {
  expect(unknownIn('{client}: {service} of {price} and {price} { return 301; }')).toEqual(['price']);
});
