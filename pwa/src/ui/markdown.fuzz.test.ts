import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz, mostMs } from '../../../server/test/fuzz.ts';
import { renderMarkdown } from './markdown.ts';

const { parameters, timeout } = fuzz(3_000);

const pieces = fc.constantFrom(
  ...[
    '<script>',
    '</script>',
    '<img src=x onerror=1>',
    '[a](',
    'javascript:1',
    'data:text/html,x',
    ')',
    '![',
    '](smb://x)',
  ],
  ...[
    '`',
    '```',
    '\n',
    '    ',
    '> ',
    '- ',
    '1. ',
    '#',
    '*',
    '_',
    '**',
    '|',
    '---',
    '&lt;',
    '&#x6a;',
    '\\',
    'http://a.example',
  ],
);
const text = fc
  .array(fc.tuple(fc.oneof(pieces, fc.string({ maxLength: 10 })), fc.oneof(fc.constant(1), fc.nat(300))), {
    maxLength: 30,
  })
  .map((parts) =>
    parts
      .map(([piece, times]) => piece.repeat(times))
      .join('')
      .slice(0, 20_000),
  );

test('no text becomes anything that runs, and none takes long', { timeout }, () => {
  fc.assert(
    fc.property(text, (markdown) => {
      const start = performance.now();
      const html = renderMarkdown(markdown);
      expect(performance.now() - start).toBeLessThan(mostMs);
      expect(html).not.toMatch(/<(?:script|img|iframe|object|style|svg|form|input)\b/i);
      expect(html).not.toMatch(/<[^>]*\son\w+\s*=/i);
      for (const [, address = ''] of html.matchAll(/href="([^"]*)"/g)) {
        expect(address).toMatch(/^(?:$|(?:https?|mailto):)/i);
      }
    }),
    parameters,
  );
});
