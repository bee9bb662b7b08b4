import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { copyDatabase } from '../server/test/copy-database.ts';
import { resetDatabase } from './demo-database.ts';
import { devicesFor, type Devices } from './devices.ts';
import { freePort, runCommand, startServer, type ServerProcess } from './server-process.ts';
import { sharedSetup } from './shared-setup.ts';

export type CaughtEmail = { to: string; subject: string; text: string; attachments: { fileName: string }[] };

/** The real server with demo data, in its own process, as a test uses it. */
export type App = {
  url: string;
  /** URL of the database, for checks that no page allows. */
  database: string;
  /** Starts the server again. Rejects unless the test has its own server (`test.use({ ownServer: true })`). */
  start: () => Promise<void>;
  /** Kills the server with SIGKILL. Rejects unless the test has its own server. */
  kill: () => Promise<void>;
  emails: () => Promise<CaughtEmail[]>;
  /** The port of its LMTP server, if the test receives e-mail (`test.use({ receivesMail: true })`). */
  mailPort: number;
  /** Runs `npm run jobs` with these arguments and returns its output. */
  jobs: (...args: string[]) => Promise<string>;
  /** Restores the database of the test's start, as docs/production.md tells. The server must be stopped. */
  restoreBackup: () => Promise<void>;
  /** Violations of the content security policy on any page. A test that ends with one fails. */
  violations: string[];
  /** The devices of the people in this test. */
  devices: Devices;
  /** Usernames whose session from the shared setup is already in use on a device. */
  usedSessions: Set<string>;
};

/** The part of an app that outlives a test. */
type RunningServer = Pick<
  App,
  'url' | 'database' | 'start' | 'kill' | 'emails' | 'mailPort' | 'jobs' | 'restoreBackup'
> & {
  dataDir: string;
};

/** Copies the template database and returns a server for the copy. The server is not started yet. */
async function openApp(pollSeconds: number, receivesMail = false): Promise<RunningServer> {
  const { template } = sharedSetup();
  const database = new URL(template);
  database.pathname = `/test_${randomBytes(5).toString('hex')}`;
  await copyDatabase(template, database.href);
  const dataDir = mkdtempSync(join(tmpdir(), 'cstims-e2e-data-'));
  const port = await freePort();
  const mailPort = receivesMail ? await freePort() : 0;
  const url = `http://127.0.0.1:${port}`;
  const env = {
    DATABASE_URL: database.href,
    DATA_DIR: dataDir,
    PORT: String(port),
    POLL_SECONDS: String(pollSeconds),
    ...(receivesMail ? { MAIL_IN: `lmtp://127.0.0.1:${mailPort}`, MAIL_IN_DOMAIN: 'in.cstims.example' } : {}),
  };
  let server: ServerProcess | null = null;
  return {
    url,
    mailPort,
    dataDir,
    database: database.href,
    async start() {
      server = await startServer(env);
    },
    async kill() {
      const running = server;
      server = null;
      await running?.stop('SIGKILL');
    },
    emails: async () => (await (await fetch(`${url}/dev/mailbox/emails.json`)).json()) as CaughtEmail[],
    jobs: (...args) => runCommand(env, 'run-jobs', args),
    async restoreBackup() {
      await resetDatabase(template, database.href);
      await runCommand(env, 'new-generation');
    },
  };
}

/** Each poll of the server starts a worker thread. Tests that do not wait for it poll once an hour. */
const hourlyPollSeconds = 3_600;

type WorkerFixtures = { shared: RunningServer; sharedDevices: Devices };
type TestFixtures = { app: App; pollSeconds: number; ownServer: boolean; receivesMail: boolean };

const refuseOnSharedServer = () =>
  Promise.reject(new Error('only a test with test.use({ ownServer: true }) may start or kill the server'));

export const test = base.extend<TestFixtures, WorkerFixtures>({
  /** The server for tests that neither stop it nor change its settings. Its data is reset after each test. */
  shared: [
    // eslint-disable-next-line no-empty-pattern -- playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const running = await openApp(hourlyPollSeconds);
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
  pollSeconds: [hourlyPollSeconds, { option: true }],
  ownServer: [false, { option: true }],
  receivesMail: [false, { option: true }],
  app: async ({ browser, shared, sharedDevices, pollSeconds, ownServer, receivesMail }, use) => {
    const violations: string[] = [];
    const usedSessions = new Set<string>();
    if (ownServer || receivesMail || pollSeconds !== hourlyPollSeconds) {
      const running = await openApp(pollSeconds, receivesMail);
      const devices = devicesFor(browser, running.url);
      await running.start();
      await use({ ...running, violations, usedSessions, devices });
      await devices.closeAll();
      await running.kill();
      rmSync(running.dataDir, { recursive: true, force: true });
    } else {
      await use({
        ...shared,
        start: refuseOnSharedServer,
        kill: refuseOnSharedServer,
        violations,
        usedSessions,
        devices: sharedDevices,
      });
      await sharedDevices.releaseAll();
      await resetDatabase(sharedSetup().template, shared.database);
      rmSync(join(shared.dataDir, 'mailbox'), { recursive: true, force: true });
    }
    expect(violations).toEqual([]);
  },
  /** A page without a session, on its own device. */
  page: async ({ app }, use) => {
    await use(await app.devices.acquire({}));
  },
});

export { expect } from '@playwright/test';

/**
 * Signs a person in on their own device, on which the app is installed, and waits for the first pull. The first device
 * of each person gets the session of the shared setup. On any further device the person fills in the sign-in form.
 */
export async function openAs(
  _browser: Browser,
  app: App,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await app.devices.acquire(options);
  await page.exposeFunction('reportViolation', (text: string) => app.violations.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { reportViolation } = window as unknown as { reportViolation: (text: string) => void };
      reportViolation(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const session = sharedSetup().sessions[name];
  if (!session || app.usedSessions.has(name)) await signInByForm(page, app, name);
  else {
    app.usedSessions.add(name);
    await page.context().addCookies([{ ...session.cookie, url: app.url, httpOnly: true, sameSite: 'Lax' }]);
    await page.evaluate((entries) => {
      for (const [key, value] of Object.entries(entries)) localStorage.setItem(key, value);
    }, session.localStorage);
    await page.goto(app.url);
    await page.waitForURL((url) => url.pathname !== '/');
  }
  // After the first pull the device may go offline.
  await page.waitForFunction(() => {
    const keys = Object.keys(localStorage);
    return keys.includes('cstims.provider') && keys.some((key) => key.startsWith('cstims.loaded.'));
  });
  // And when it has the whole app. (`waitForFunction` takes a promise for true.)
  const isWhole = () =>
    page.evaluate(async () => {
      const files = (await (await fetch('/app-files.json')).json()) as string[];
      return (await (await caches.open('app-precache')).keys()).length >= files.length;
    });
  await expect.poll(isWhole, { intervals: [100] }).toBe(true);
  return page;
}

async function signInByForm(page: Page, app: App, name: string): Promise<void> {
  await page.goto(`${app.url}/sign-in`);
  await page.getByLabel('Username or e-mail').fill(name);
  await page.getByLabel('Password').fill(`${name}-demo`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}
