import { Op } from 'sequelize';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dayOf } from '#shared/billing/period.ts';
import {
  createOrder,
  createPerson,
  openTestDatabase,
  until,
  type TestDatabase,
} from '../test/test-server.ts';
import { startSmtp, type TestSmtp } from '../test/smtp.ts';
import { findDocuments } from '#sync/server/row.ts';
import type { JobName } from '../job-list.ts';
import { runJobThread } from '../test/job-thread.ts';
import { steps, type Step } from '../steps.ts';
import { invoices } from '#shared/invoices/schema.ts';

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

const runWorker = (job: JobName, stopAt: Step | '') =>
  runJobThread(job, { databaseUrl: database.url, env: { SMTP_URL: smtp.url }, stopAt, whenDone: allSent });

async function allSent(): Promise<void> {
  const { outbox } = database.server.models;
  await until(async () => (await outbox.count({ where: { state: { [Op.ne]: 'sent' } } })) === 0, 30_000);
}

const jobOf = (step: Step): JobName =>
  step.startsWith('billing') ? 'make-invoices' : step.startsWith('drawing') ? 'draw-invoices' : 'send-emails';

test.each(steps)(
  'after a worker is killed at "%s", an order is billed once, drawn once and every e-mail is sent',
  async (step) => {
    const { server } = database;
    const { id } = await createPerson(server, 'lucia', 'client');
    const today = dayOf(server.now(), 'Europe/Madrid');
    await createOrder(server, id, { since: `${today.slice(0, 8)}01`, amount: 500, alignment: 'calendar' });
    for (const job of ['make-invoices', 'draw-invoices', 'send-emails'] as const) {
      const fatal = jobOf(step) === job;
      if (fatal) expect(await runWorker(job, step)).toBe('ended there');
      if (fatal) await afterCrash();
      expect(await runWorker(job, '')).toBe('done');
    }
    const issued = await findDocuments(server, invoices);
    expect(issued.map(({ number, total }) => [number?.slice(-6), total])).toEqual([['000001', 605]]);
    expect(await server.models.charges.count()).toBe(1);
    expect(await server.models.files.count()).toBe(1);
    const repeated = step === 'emails: accepted by the mail server, not marked' ? 1 : 0;
    expect(smtp.mails).toHaveLength(2 + repeated);
    expect(new Set(smtp.mails.map(({ messageId }) => messageId)).size).toBe(2);
  },
);

/** Waits until the database has noticed the lost connections, and lets the claim and the lease expire. */
async function afterCrash(): Promise<void> {
  await new Promise((soon) => setTimeout(soon, 300));
  await database.server.models.leases.update({ heldUntil: 0 }, { where: {} });
  await database.server.models.outbox.update({ claimedUntil: 0 }, { where: { state: 'sending' } });
}
