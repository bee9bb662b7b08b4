import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase, startApp, type TestApp, type TestDatabase } from '../test/test-server.ts';

/* What a visitor and a search engine get in the first answer, before any script has run. */

let database: TestDatabase;
let app: TestApp;

beforeAll(async () => {
  database = await openTestDatabase();
  app = await startApp(database.server);
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

const page = async (path: string, language: string) =>
  (await fetch(`${app.url}${path}`, { headers: { 'accept-language': language } })).text();

test.each([
  ['/', 'en', 'Hosting by people you can write to', 'Virtual server: from 1.82 € a month'],
  ['/welcome', 'es-ES,es;q=0.9', 'Alojamiento de personas', 'Servidor virtual: desde 1,82 € al mes'],
])(
  'the first answer of %s in "%s" has the promise in its title, and the prices',
  async (path, language, promise, price) => {
    const html = await page(path, language);
    expect(/<title>(.*)<\/title>/.exec(html)?.[1]).toContain(`ARFNET · ${promise}`);
    expect(html.replaceAll(' ', ' ')).toContain(price);
    expect(html).toContain(`<html lang="${language.slice(0, 2)}">`);
  },
);

test('a text of the provider ends neither the data nor the head', async () => {
  const bad = '# </title></script><script>alert(1)</script>';
  await database.server.models.pages.update({ body: bad }, { where: { name: 'welcome' } });
  const html = await page('/', 'en');
  expect(html).not.toContain('<script>alert');
  const [, data = ''] = /id="landing">(.*?)<\/script>/.exec(html) ?? [];
  expect((JSON.parse(data) as { welcome: { en: string } }).welcome.en).toBe(bad);
});

test('the app is installed under the provider’s name', async () => {
  const answer = await fetch(`${app.url}/manifest.webmanifest`);
  expect(answer.headers.get('content-type')).toContain('application/manifest+json');
  expect(await answer.json()).toMatchObject({
    name: 'ARFNET',
    start_url: '/',
    shortcuts: [{ url: '/tickets' }, {}, {}],
  });
});
