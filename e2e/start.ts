import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { copyDatabase } from '../server/test/copy-database.ts';
import { resetDatabase } from './demo-database.ts';
import { devicesFor, type Devices } from './devices.ts';
import { freePort, runJobs, startServer, type ServerProcess } from './server-process.ts';
import { sharedSetup } from './shared-setup.ts';

export type CaughtEmail = { to: string; subject: string; text: string; attachments: { fileName: string }[] };

/** The real server with demo data, in a process of its own. */
export type App = {
  url: string;
  /** Of the database, for what no page shows. */
  database: string;
  /** Only a test that has a server of its own (`test.use({ ownServer: true })`) may kill it and start it again. */
  start: () => Promise<void>;
  /** kill -9 */
  kill: () => Promise<void>;
  emails: () => Promise<CaughtEmail[]>;
  /** Runs `npm run jobs` with these words; returns what it printed. */
  jobs: (...words: string[]) => Promise<string>;
  /** What pages did that the content security policy forbids: a test that ends with one has failed. */
  violations: string[];
  /** Where people of this test sit. */
  devices: Devices;
  /** Who is signed in on a device already, by the session that is in the database from the start. */
  known: Set<string>;
};

/** The part of it that does not end with a test. */
type Running = Pick<App, 'url' | 'database' | 'start' | 'kill' | 'emails' | 'jobs'> & { dataDir: string };

/** A database like the template, and a server on it. */
async function openApp(pollSeconds: number): Promise<Running> {
  const { template } = sharedSetup();
  const database = new URL(template);
  database.pathname = `/test_${randomBytes(5).toString('hex')}`;
  await copyDatabase(template, database.href);
  const dataDir = mkdtempSync(join(tmpdir(), 'cstims-e2e-data-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    DATABASE_URL: database.href,
    DATA_DIR: dataDir,
    PORT: String(port),
    POLL_SECONDS: String(pollSeconds),
  };
  let server: ServerProcess | null = null;
  return {
    ...{ url, dataDir, database: database.href },
    async start() {
      server = await startServer(env);
    },
    async kill() {
      const running = server;
      server = null;
      await running?.stop('SIGKILL');
    },
    emails: async () => (await (await fetch(`${url}/dev/mailbox/emails.json`)).json()) as CaughtEmail[],
    jobs: (...words) => runJobs(env, words),
  };
}

/** Each look is a worker thread of its own: as often as this only where a test waits for what it does. */
const seldom = 3_600;

type WorkerFixtures = { shared: Running; sharedDevices: Devices };
type TestFixtures = { app: App; pollSeconds: number; ownServer: boolean };

const notYours = () =>
  Promise.reject(new Error('test.use({ ownServer: true }) for a server that may be killed'));

export const test = base.extend<TestFixtures, WorkerFixtures>({
  /** The server of the tests that neither stop it nor have settings of their own; its data is made anew for each. */
  shared: [
    // eslint-disable-next-line no-empty-pattern -- playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const running = await openApp(seldom);
      await running.start();
      await use(running);
      await running.kill();
      rmSync(running.dataDir, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  sharedDevices: [
    async ({ browser, shared }, use) => {
      await use(devicesFor(browser, shared.url));
    },
    { scope: 'worker' },
  ],
  pollSeconds: [seldom, { option: true }],
  ownServer: [false, { option: true }],
  app: async ({ browser, shared, sharedDevices, pollSeconds, ownServer }, use) => {
    const violations: string[] = [];
    const known = new Set<string>();
    if (ownServer || pollSeconds !== seldom) {
      const running = await openApp(pollSeconds);
      const devices = devicesFor(browser, running.url);
      await running.start();
      await use({ ...running, violations, known, devices });
      await devices.putAway();
      await running.kill();
      rmSync(running.dataDir, { recursive: true, force: true });
    } else {
      await use({ ...shared, start: notYours, kill: notYours, violations, known, devices: sharedDevices });
      await sharedDevices.giveBack();
      await resetDatabase(sharedSetup().template, shared.database);
      rmSync(join(shared.dataDir, 'mailbox'), { recursive: true, force: true });
    }
    expect(violations).toEqual([]);
  },
  /** Somebody without a session, on a device of their own. */
  page: async ({ app }, use) => {
    await use(await app.devices.take({}));
  },
});

export { expect } from '@playwright/test';

/**
 * A person at a device of their own, signed in, with the app installed on it. The first device of each person has the
 * session that was made by the API before the tests; on another one they type their name and password.
 */
export async function openAs(
  _browser: Browser,
  app: App,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await app.devices.take(options);
  await page.exposeFunction('reportViolation', (text: string) => app.violations.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { reportViolation } = window as unknown as { reportViolation: (text: string) => void };
      reportViolation(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const session = sharedSetup().sessions[name];
  if (!session || app.known.has(name)) await typeIn(page, app, name);
  else {
    app.known.add(name);
    await page.context().addCookies([{ ...session.cookie, url: app.url, httpOnly: true, sameSite: 'Lax' }]);
    await page.evaluate((kept) => {
      for (const [key, value] of Object.entries(kept)) localStorage.setItem(key, value);
    }, session.kept);
    await page.goto(app.url);
    await page.waitForURL((url) => url.pathname !== '/');
  }
  // The first pull has ended: they may go offline now.
  await page.waitForFunction(() => {
    const keys = Object.keys(localStorage);
    return keys.includes('cstims.provider') && keys.some((key) => key.startsWith('cstims.loaded.'));
  });
  return page;
}

async function typeIn(page: Page, app: App, name: string): Promise<void> {
  await page.goto(`${app.url}/sign-in`);
  await page.getByLabel('Username or e-mail').fill(name);
  await page.getByLabel('Password').fill(`${name}-demo`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}
