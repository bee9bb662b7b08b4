import type { Page } from '@playwright/test';
import { expectAccessible } from './pages/viewports.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* Errors that do not pass by themselves are shown with what to do about them, and are not retried. */

type FaultyWindow = Window & { broken?: 'storage' | 'app'; pulls?: number };

/** Reloads the page with hooks that can simulate a full storage, or an answer of the server that breaks the app. */
async function installFaults(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const here = window as FaultyWindow;
    for (const name of ['put', 'add'] as const) {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- called below with its object store
      const write: (...args: never) => unknown = IDBObjectStore.prototype[name];
      Object.defineProperty(IDBObjectStore.prototype, name, {
        value(this: IDBObjectStore, ...args: unknown[]): unknown {
          if (here.broken !== 'storage') return Reflect.apply(write, this, args);
          throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
        },
      });
    }
    // The live stream then carries no documents, so that the page pulls them.
    const withoutDocuments = (event: MessageEvent<string>) => {
      if (here.broken !== 'app' || !event.data.includes('"changes"')) return event;
      const data = JSON.stringify({ ...(JSON.parse(event.data) as object), changes: {} });
      return new MessageEvent('message', { data });
    };
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called below with its stream
    const listen: (...args: never) => unknown = EventTarget.prototype.addEventListener;
    Object.defineProperty(EventSource.prototype, 'addEventListener', {
      value(this: EventSource, type: string, listener: (event: Event) => void): unknown {
        const wrapped = (event: MessageEvent<string>) => listener(withoutDocuments(event));
        return Reflect.apply(listen, this, [type, type === 'message' ? wrapped : listener] as never);
      },
    });
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

const breakPage = (page: Page, broken: FaultyWindow['broken']) =>
  page.evaluate((fault) => void ((window as FaultyWindow).broken = fault), broken);
const pullCount = (page: Page) => page.evaluate(() => (window as FaultyWindow).pulls ?? 0);

const words = {
  en: {
    storage:
      'The app no longer syncs. This device is out of storage. Free up some space and reload. Until then nothing is sent or received.',
    app: 'The app no longer syncs. It ran into an error. Reload it. If this happens again, contact admin@arf20.com',
    reload: 'Reload',
  },
  es: {
    storage:
      'La aplicación ya no se sincroniza. No queda espacio en este dispositivo. Libere espacio y vuelva a cargar la página. Hasta entonces no se envía ni se recibe nada.',
    app: 'La aplicación ya no se sincroniza. Se ha producido un error. Vuelva a cargarla. Si se repite, escriba a admin@arf20.com',
    reload: 'Volver a cargar',
  },
} as const;

for (const language of ['en', 'es'] as const) {
  for (const broken of ['storage', 'app'] as const) {
    test(`${broken === 'app' ? 'an error of the app' : 'a full device'} shows in a banner (${language}), and a reload recovers from it`, async ({
      browser,
      app,
    }) => {
      const client = await openAs(browser, app, 'lucia');
      const agent = await openAs(browser, app, 'ana');
      if (language === 'es') await agent.getByRole('button', { name: 'Español' }).click();
      await expect(agent.locator('html')).toHaveAttribute('lang', language);
      await installFaults(agent);
      const list = ticketsOn(agent).list;
      await expect(list.getByRole('button').first()).toBeVisible();
      await breakPage(agent, broken);
      await ticketsOn(client).create({ subject: 'Comes in meanwhile', body: 'Hello' });

      const banner = agent.getByTestId('fault');
      await expect(banner.locator('p').first()).toHaveText(words[language][broken]);
      await expect(banner).toContainText(broken === 'app' ? 'TypeError' : 'QuotaExceededError');
      await expectAccessible(agent, `a ${broken} fault`);
      const before = await pullCount(agent);
      await agent.waitForTimeout(3_000);
      expect(await pullCount(agent)).toBe(before);
      await banner.getByRole('button', { name: words[language].reload }).click();
      await expect(list.getByRole('button', { name: 'Comes in meanwhile' })).toBeVisible();
      await expect(banner).toHaveCount(0);
    });
  }
}

test('the other tabs show the fault too and can reload the tab that has stopped', async ({
  browser,
  app,
}) => {
  const client = await openAs(browser, app, 'lucia');
  const leader = await openAs(browser, app, 'ana');
  await installFaults(leader);
  await expect(ticketsOn(leader).list.getByRole('button').first()).toBeVisible();
  const other = await leader.context().newPage();
  await other.goto(`${app.url}/tickets`);
  await expect(ticketsOn(other).list.getByRole('button').first()).toBeVisible();
  await breakPage(leader, 'app');
  await ticketsOn(client).create({ subject: 'Comes in meanwhile', body: 'Hello' });
  await expect(leader.getByTestId('fault')).toBeVisible();
  await other.getByTestId('fault').getByRole('button', { name: 'Reload' }).click();
  for (const tab of [other, leader]) {
    await expect(ticketsOn(tab).list.getByRole('button', { name: 'Comes in meanwhile' })).toBeVisible();
    await expect(tab.getByTestId('fault')).toHaveCount(0);
  }
});
