import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { welcomeTextOf } from './welcome-text.ts';

test('a text is taken apart by its headings', () => {
  const text =
    '# We host\n\nSmall and honest.\nYours.\n\n- cheap\n- near\n\n## Why\n\n### Near\n\nVery.\n\n## Ask\n\n### When?\n\nNow.';
  expect(welcomeTextOf(text)).toEqual({
    promise: 'We host',
    intro: 'Small and honest.\nYours.',
    points: ['cheap', 'near'],
    sections: [
      { title: 'Why', isFolded: false, items: [{ title: 'Near', text: 'Very.' }] },
      { title: 'Ask', isFolded: true, items: [{ title: 'When?', text: 'Now.' }] },
    ],
  });
});

test('without a text there is no promise and no section', () => {
  expect(welcomeTextOf('')).toEqual({ promise: '', intro: '', points: [], sections: [] });
});

test.each(['en', 'es'])('the draft in "%s" has a promise, points, items and questions', (language) => {
  const file = new URL(`./page-drafts/welcome.${language}.md`, import.meta.url);
  const { promise, intro, points, sections } = welcomeTextOf(readFileSync(file, 'utf8'));
  expect(promise && intro).toBeTruthy();
  expect(points).toHaveLength(3);
  expect(sections.map(({ isFolded, items }) => [isFolded, items.length])).toEqual([
    [false, 4],
    [true, 5],
  ]);
});
