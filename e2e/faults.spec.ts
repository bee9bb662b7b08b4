import type { Page } from '@playwright/test';
import { expectAccessible } from './pages/viewports.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* What does not pass by itself is said plainly, with what to do about it, and is not tried on and on. */

type Broken = Window & { broken?: 'storage' | 'app'; pulls?: number };

/** From the next load on, this page can be told to have no room, or to stumble over what the server answers. */
async function breakable(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const here = window as Broken;
    for (const name of ['put', 'add'] as const) {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the store it is asked of, below
      const write: (...args: never) => unknown = IDBObjectStore.prototype[name];
      Object.defineProperty(IDBObjectStore.prototype, name, {
        value(this: IDBObjectStore, ...args: unknown[]): unknown {
          if (here.broken !== 'storage') return Reflect.apply(write, this, args);
          throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
        },
      });
    }
    const request = window.fetch.bind(window);
    window.fetch = (input, init) => {
      const url = String(input instanceof Request ? input.url : input);
      if (!url.includes('sync.pull')) return request(input, init);
      here.pulls = (here.pulls ?? 0) + 1;
      if (here.broken !== 'app') return request(input, init);
      const answer = { result: { data: { documents: null, checkpoint: { seq: 1 } } } };
      const count = new URL(url, location.href).pathname.split(',').length;
      return Promise.resolve(Response.json(Array.from({ length: count }, () => answer)));
    };
  });
  await page.reload();
}

const become = (page: Page, broken: Broken['broken']) =>
  page.evaluate((how) => void ((window as Broken).broken = how), broken);
const pullsOf = (page: Page) => page.evaluate(() => (window as Broken).pulls ?? 0);

const words = {
  en: {
    storage:
      'The app no longer syncs. This device has no room left. Free some space, then reload. Until then nothing is sent or received.',
    app: 'The app no longer syncs. It has run into an error of its own. Reload it. If this comes back, tell us: admin@arf20.com',
    reload: 'Reload',
  },
  es: {
    storage:
      'La aplicación ya no se sincroniza. No queda espacio en este dispositivo. Libere espacio y vuelva a cargar la página. Hasta entonces no se envía ni se recibe nada.',
    app: 'La aplicación ya no se sincroniza. Se ha producido un error en la propia aplicación. Vuelva a cargarla. Si se repite, avísenos: admin@arf20.com',
    reload: 'Volver a cargar',
  },
} as const;

for (const language of ['en', 'es'] as const) {
  for (const broken of ['storage', 'app'] as const) {
    test(`${broken === 'app' ? 'an error of the app' : 'no room on the device'} is said in the banner (${language}), and a reload goes on`, async ({
      browser,
      app,
    }) => {
      const client = await openAs(browser, app, 'lucia');
      const agent = await openAs(browser, app, 'ana');
      await agent.evaluate((each) => localStorage.setItem('cstims.language', each), language);
      await breakable(agent);
      const list = ticketsOn(agent).list;
      await expect(list.getByRole('button').first()).toBeVisible();
      await become(agent, broken);
      await ticketsOn(client).create({ subject: 'Comes in meanwhile', body: 'Hello' });

      const banner = agent.getByTestId('fault');
      await expect(banner.locator('p').first()).toHaveText(words[language][broken]);
      await expect(banner).toContainText(broken === 'app' ? 'TypeError' : 'QuotaExceededError');
      await expectAccessible(agent, `a ${broken} fault`);
      const before = await pullsOf(agent);
      await agent.waitForTimeout(3_000);
      expect(await pullsOf(agent)).toBe(before);
      await banner.getByRole('button', { name: words[language].reload }).click();
      await expect(list.getByRole('button', { name: 'Comes in meanwhile' })).toBeVisible();
      await expect(banner).toHaveCount(0);
    });
  }
}

test('the other tabs say it too, and reload the one that has stopped', async ({ browser, app }) => {
  const client = await openAs(browser, app, 'lucia');
  const leader = await openAs(browser, app, 'ana');
  await breakable(leader);
  await expect(ticketsOn(leader).list.getByRole('button').first()).toBeVisible();
  const other = await leader.context().newPage();
  await other.goto(`${app.url}/tickets`);
  await expect(ticketsOn(other).list.getByRole('button').first()).toBeVisible();
  await become(leader, 'app');
  await ticketsOn(client).create({ subject: 'Comes in meanwhile', body: 'Hello' });
  await expect(leader.getByTestId('fault')).toBeVisible();
  await other.getByTestId('fault').getByRole('button', { name: 'Reload' }).click();
  for (const tab of [other, leader]) {
    await expect(ticketsOn(tab).list.getByRole('button', { name: 'Comes in meanwhile' })).toBeVisible();
    await expect(tab.getByTestId('fault')).toHaveCount(0);
  }
});
