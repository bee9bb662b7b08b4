import { afterAll, beforeAll, expect, test } from 'vitest';
import { compose } from '../../email/compose.ts';
import { signInWith } from '../account-caller.ts';
import { createPerson, openTestDatabase, startApp, type TestApp, type TestDatabase } from '../test-server.ts';

/* What the server must not show (OWASP ASVS 5.0, chapters 13 and 14). Each test fails without its defence. */

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'ana', 'helpdesk');
  app = await startApp(database.server);
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

test('ASVS 13.4.3 folders are not listed', async () => {
  for (const path of ['/assets/', '/assets']) {
    expect(await (await fetch(`${app.url}${path}`)).text()).not.toMatch(/index-\w+\.js<\/a>|Index of/);
  }
});

test('ASVS 13.4.1 source files and their history are not served', async () => {
  for (const path of [
    '/.git/config',
    '/.env',
    '/server/main.ts',
    '/package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
  ]) {
    const answer = await fetch(`${app.url}${path}`);
    expect(answer.status, path).toBe(404);
  }
});

test('ASVS 13.4.2 an error is answered without statement, stack or path (the original showed them)', async () => {
  let armed = false;
  const settings = new Proxy(database.server.models.settings, {
    get: (model, key) =>
      armed && key === 'findOne'
        ? () => Promise.reject(new Error('SELECT secret FROM x'))
        : (Reflect.get(model, key) as unknown),
  });
  const broken = await startApp({ ...database.server, models: { ...database.server.models, settings } });
  armed = true;
  const answer = await fetch(`${broken.url}/api/trpc/account.me`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toMatch(/SELECT|secret|\.ts|node_modules|at /);
  await broken.stop();
});

test('ASVS 14.2.1 links in e-mails carry their token after #, so it is never sent as part of an address', async () => {
  const { invitation, passwordReset, verifyEmail } = await import('../../people/emails.en.ts');
  const frame = {
    language: 'en',
    timeZone: 'Europe/Madrid',
    provider: 'X',
    contact: 'x@x.example',
    appUrl: 'https://x.example',
    logo: false,
  } as const;
  for (const contentOf of [verifyEmail, passwordReset, invitation]) {
    const { text, html } = compose(
      frame,
      contentOf(frame, { username: 'u', token: 'TOKEN', wanted: '/catalogue/1' }),
    );
    expect(text).toMatch(/https:\/\/x\.example\/[a-z-]+(\?to=%2Fcatalogue%2F1)?#TOKEN/);
    expect(html).not.toMatch(/\?[^"#]*TOKEN/);
  }
});

test('ASVS 14.3.2 answers of the API and files are not cached', async () => {
  const caller = await signInWith(app.url, 'ana');
  expect((await caller.get('account.me')).headers.get('cache-control')).toBe('no-store');
  const file = await fetch(`${app.url}/files/${'a'.repeat(64)}`, { headers: { cookie: caller.cookie() } });
  expect(file.headers.get('cache-control')).toBe('no-store');
});
