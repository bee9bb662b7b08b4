import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderMarkdown } from './markdown.ts';

test('ASVS 1.3.5 HTML, scripts and links to scripts in Markdown are text', () => {
  const html = renderMarkdown(
    '<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) ![y](https://evil.example/a.png) **bold**',
  );
  expect(html).toContain('&lt;script&gt;');
  expect(html).toContain('<strong>bold</strong>');
  expect(html).not.toMatch(/<script|<img|href="javascript/i);
});

test('ASVS 1.2.2 whatever is written, links go to http, https and mail only', () => {
  const schemes = fc.constantFrom(
    'javascript',
    'JaVaScRiPt',
    'data',
    'vbscript',
    'file',
    'java\tscript',
    ' javascript',
    'smb',
    'ms-msdt',
    'blob',
    'tel',
    'intent',
    'HTTPS',
  );
  fc.assert(
    fc.property(schemes, fc.string(), (scheme, rest) => {
      for (const text of [`[a](${scheme}:${rest})`, `<${scheme}:${rest}>`, `[a]: ${scheme}:${rest}\n\n[a]`]) {
        const links = [...renderMarkdown(text).matchAll(/href="([^"]*)"/g)].map(([, url = '']) => url);
        for (const url of links) expect(url).toMatch(/^(?:https?|mailto):/i);
      }
    }),
    { numRuns: 300 },
  );
});
