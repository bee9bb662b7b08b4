import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test as base, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { startEmbedded } from '../server/database/embedded.ts';
import { copyDatabase, fillDatabase } from './demo-database.ts';

const main = fileURLToPath(new URL('../server/main.ts', import.meta.url));

export type CaughtEmail = { to: string; subject: string; text: string; attachments: { fileName: string }[] };

/** The real server with demo data, in a process of its own that a test may kill and start again. */
export type App = {
  url: string;
  /** Of the database, for what no page shows. */
  database: string;
  start: () => Promise<void>;
  /** kill -9 */
  kill: () => Promise<void>;
  emails: () => Promise<CaughtEmail[]>;
  /** Runs `npm run jobs` with these words; returns what it printed. */
  jobs: (...words: string[]) => Promise<string>;
  /** What pages did that the content security policy forbids: a test that ends with one has failed. */
  violations: string[];
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

export const test = base.extend<{ app: App; pollSeconds: number }, { newDatabase: () => Promise<string> }>({
  newDatabase: [
    // eslint-disable-next-line no-empty-pattern -- playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const dir = mkdtempSync(join(tmpdir(), 'cstims-e2e-'));
      const embedded = await startEmbedded({ dir, durable: false });
      // Migrated and filled once; each test gets a copy, keys and all.
      const template = embedded.url('test_template');
      await fillDatabase(template, dir);
      await use(async () => {
        const url = embedded.url(`test_${randomBytes(5).toString('hex')}`);
        await copyDatabase(template, url);
        return url;
      });
      await embedded.stop();
      rmSync(dir, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  /** Each look is a worker thread of its own: as often as this only where a test waits for what it does. */
  pollSeconds: [3_600, { option: true }],
  app: async ({ browser, newDatabase, pollSeconds }, use) => {
    const port = await freePort();
    const dataDir = mkdtempSync(join(tmpdir(), 'cstims-e2e-data-'));
    const database = await newDatabase();
    const env = {
      ...process.env,
      NODE_ENV: 'development',
      DATABASE_URL: database,
      DATA_DIR: dataDir,
      PORT: String(port),
      POLL_SECONDS: String(pollSeconds),
      LOG_LEVEL: 'warn',
    };
    const url = `http://127.0.0.1:${port}`;
    let child: ChildProcess | null = null;
    const app: App = {
      url,
      database,
      async start() {
        const started = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
        child = started;
        await new Promise<void>((ready, failed) => {
          started.once('exit', (code) => failed(new Error(`the server ended with ${code}`)));
          started.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('ready http') && ready());
        });
      },
      async kill() {
        const running = child;
        child = null;
        if (!running) return;
        const ended = new Promise((done) => running.once('exit', done));
        running.kill('SIGKILL');
        await ended;
      },
      emails: async () => (await (await fetch(`${url}/dev/mailbox/emails.json`)).json()) as CaughtEmail[],
      jobs: async (...words) => {
        const file = fileURLToPath(new URL('../server/invoices/run-command.ts', import.meta.url));
        const job = spawn(process.execPath, [file, ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] });
        let output = '';
        job.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
        await new Promise((done) => job.once('close', done));
        return output;
      },
      violations: [],
    };
    await app.start();
    await use(app);
    // Devices that stay open would go on looking for their server beside the tests that follow.
    await Promise.all(browser.contexts().map((context) => context.close()));
    await app.kill();
    expect(app.violations).toEqual([]);
    rmSync(dataDir, { recursive: true, force: true });
  },
});

export { expect } from '@playwright/test';

/** A person at a device of their own, signed in, with the app installed on it (a reload puts its worker in charge). */
export async function openAs(
  browser: Browser,
  app: App,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.exposeFunction('reportViolation', (text: string) => app.violations.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { reportViolation } = window as unknown as { reportViolation: (text: string) => void };
      reportViolation(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await page.goto(`${app.url}/sign-in`);
  await page.getByLabel('Username or e-mail').fill(name);
  await page.getByLabel('Password').fill(`${name}-demo`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  return page;
}
