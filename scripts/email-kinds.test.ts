import { expect, test } from 'vitest';
import { emails } from '../server/emails.ts';

/* The page of the outbox names each kind of e-mail. A kind without a name would be shown as it is in the code. */

test.each(['en', 'es'])('every kind of e-mail has a name in the app (%s)', async (language) => {
  const file = new URL(`../pwa/src/i18n/admin-${language}.ts`, import.meta.url).href;
  const texts = (await import(file)) as Record<string, { outbox?: { kinds: Record<string, string> } }>;
  const { kinds = {} } = Object.values(texts).find(({ outbox }) => outbox)?.outbox ?? {};
  expect(Object.keys(kinds).toSorted()).toEqual(Object.keys(emails).toSorted());
});
