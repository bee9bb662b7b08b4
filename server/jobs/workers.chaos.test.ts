import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dayOf } from '#shared/billing/period.ts';
import { createOrder, createPerson, openTestDatabase, type TestDatabase } from '../test/test-server.ts';
import { startSmtp, type TestSmtp } from '../test/smtp.ts';
import { toDocument } from '#sync/server/row.ts';
import { steps, type Step } from './step.ts';

let database: TestDatabase;
let smtp: TestSmtp;
beforeEach(async () => {
  database = await openTestDatabase();
  smtp = await startSmtp();
});
afterEach(async () => {
  await smtp.close();
  await database.close();
});

/** Runs a job as the scheduler does; where it is to stand at a step it is ended there, as by kill -9. */
async function runWorker(name: string, standAt: Step | ''): Promise<'ended there' | 'done'> {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const env = { ...process.env, SMTP_URL: smtp.url, CSTIMS_STAND_AT: standAt, LOG_LEVEL: 'silent' };
  const worker = new Worker(file, {
    env,
    workerData: { databaseUrl: database.url, publicUrl: 'http://127.0.0.1' },
  });
  let stands = false;
  return new Promise((done, failed) => {
    worker.on('error', failed);
    worker.on('message', (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('standsAt' in message)) return;
      stands = true;
      void worker.terminate();
    });
    worker.on('exit', (code) => {
      if (stands) done('ended there');
      else if (code === 0) done('done');
      else failed(new Error(`${name} ended with ${code}`));
    });
    if (name !== 'make-invoices' && standAt === '') setTimeout(() => worker.postMessage('cancel'), 1_500);
  });
}

const jobOf = (step: Step) =>
  step.startsWith('billing')
    ? 'make-invoices'
    : step.startsWith('drawing')
      ? 'draw-invoices'
      : 'send-emails';

test.each(steps)('a worker killed at "%s": billed once, drawn once, every e-mail there', async (step) => {
  const { server } = database;
  const { id } = await createPerson(server, 'lucia', 'client');
  const today = dayOf(server.now(), 'Europe/Madrid');
  await createOrder(server, id, { since: `${today.slice(0, 8)}01`, amount: 500, alignment: 'calendar' });
  for (const job of ['make-invoices', 'draw-invoices', 'send-emails']) {
    const fatal = jobOf(step) === job;
    if (fatal) expect(await runWorker(job, step)).toBe('ended there');
    if (fatal) await afterCrash();
    expect(await runWorker(job, '')).toBe('done');
  }
  const invoices = (await server.models.invoices.findAll({ raw: true })).map((row) =>
    toDocument('invoices', row),
  );
  expect(invoices.map(({ number, total }) => [number?.slice(-6), total])).toEqual([['000001', 605]]);
  expect(await server.models.charges.count()).toBe(1);
  expect(await server.models.files.count()).toBe(1);
  const repeated = step === 'emails: accepted by the mail server, not marked' ? 1 : 0;
  expect(smtp.mails).toHaveLength(2 + repeated);
  expect(new Set(smtp.mails.map(({ messageId }) => messageId)).size).toBe(2);
});

/** The database has noticed that the thread's connections are gone; its claim and its lease have run out. */
async function afterCrash(): Promise<void> {
  await new Promise((soon) => setTimeout(soon, 300));
  await database.server.models.leases.update({ heldUntil: 0 }, { where: {} });
  await database.server.models.outbox.update({ claimedUntil: 0 }, { where: { state: 'sending' } });
}
