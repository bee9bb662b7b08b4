import { runJobThread } from './job-thread.ts';
import type { OutboxChange } from '#shared/settings/admin-input.ts';
import type { Step } from '../steps.ts';
import { deliverDue } from '../email/deliver.ts';
import { renderEmail } from '../render-email.ts';
import { changeQueuedEmail, listOutbox } from '../email/outbox-commands.ts';
import { dedupeKeyOf, queueEmail } from '../email/outbox.ts';
import { findRows } from '../models/rows.ts';
import { aboutOrder } from '../orders/about-order.ts';
import { openTransport, type Transport } from '../email/transport.ts';
import { startSmtp, type SmtpOptions, type TestSmtp } from './smtp.ts';
import { createOrder, createPerson, openTestDatabase, system } from './test-server.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact } from '../context.ts';
import { orders } from '#shared/orders/schema.ts';
import type { OutboxList } from '#shared/settings/api.ts';

export type Email = {
  step: number;
  recipient: string;
  state: string;
  attempts: number;
  notBefore: number;
  claimedUntil: number;
  messageId: string;
  lastError: string | null;
};
/** The event of an e-mail about an order, with its number. */
const eventOf = (order: string, step: number) =>
  ({ kind: 'order-status', document: order, event: `step ${step}` }) as const;
const stepIn = (dedupeKey: string) => Number(dedupeKey.split(' ').at(-1));

type Outcome = { emails: number; lost: number; repeated: number };

/**
 * Opens an outbox on a separate database, with the mail server it delivers to and the actions of a worker and
 * an admin.
 */
export async function openOutboxCase() {
  const database = await openTestDatabase();
  const { server, url } = database;
  const { id: client } = await createPerson(server, 'lucia', 'client');
  const { id: order } = await createOrder(server, client, { since: '2026-01-01', amount: 1 });
  const person = await createPerson(server, 'ada', 'admin');
  const admin: Actor = { id: person.id, role: 'admin', name: person.displayName };
  const none: Outcome = { emails: 0, lost: 0, repeated: 0 };
  const box = {
    server,
    order,
    admin,
    smtp: await startSmtp(),
    transport: null as Transport | null,
    /** The steps whose e-mails must not arrive. */
    withheld: new Set<number>(),
    total: { ...none },

    /** Starts another mail server. On the port of the previous one, it keeps that one's mails. */
    async start(options: SmtpOptions = {}): Promise<TestSmtp> {
      await box.smtp.crash();
      const { port, mails } = box.smtp;
      box.smtp = await startSmtp(options);
      if (options.port === port) box.smtp.mails.push(...mails);
      else box.connect(box.smtp.url);
      return box.smtp;
    },
    connect(smtpUrl: string): void {
      box.transport?.close();
      box.transport = openTransport({ ...server.config, smtpUrl }, Date.now);
    },
    /** Empties the outbox and starts a plain mail server. */
    async reset(): Promise<TestSmtp> {
      await server.models.outbox.destroy({ where: {} });
      await server.models.settings.destroy({ where: { name: 'mail-pause' } });
      box.withheld.clear();
      return box.start();
    },
    async close(): Promise<void> {
      box.transport?.close();
      await box.smtp.crash();
      await database.close();
    },

    /** Queues e-mails about `events` events, each to all recipients. */
    async queue(events: number, recipients: string[], { first = 1, held = false } = {}): Promise<void> {
      const numbers = Array.from({ length: events }, (_, i) => first + i);
      const pairs = numbers.flatMap((step) => recipients.map((recipient) => ({ step, recipient })));
      await transact(server, system(server), async (tx) => {
        const current = await tx.load(orders, order);
        if (!current) throw new Error('the order is gone');
        const { status, reason } = current;
        const payload = { ...(await aboutOrder(tx, current)), status, reason };
        for (const { step, recipient } of pairs)
          await queueEmail(tx, { ...eventOf(order, step), payload, recipient, held });
      });
    },
    /**
     * Delivers like a worker until nothing is due at that time.
     *
     * @returns the number of e-mails it tried
     */
    async deliverAll(time = Date.now()): Promise<number> {
      let total = 0;
      for (let tried = 1; tried > 0; total += tried) tried = await box.deliverOnce(time);
      return total;
    },
    async deliverOnce(time = Date.now()): Promise<number> {
      const { transport } = box;
      return transport ? deliverDue(box.at(time), { transport, render: renderEmail }) : 0;
    },
    /** The server with its clock fixed at a time. */
    at: (time: number): Server => ({ ...server, now: () => time }),

    async emails(): Promise<Email[]> {
      const found = await findRows(server.models.outbox, { order: ['recipient'] });
      return found.map((row) => ({ ...row, step: stepIn(row.dedupeKey) })).sort((a, b) => a.step - b.step);
    },
    list: (): Promise<OutboxList> => listOutbox(server, { state: null, text: '', before: null }),
    async counts(): Promise<Record<string, number>> {
      return (await box.list()).counts;
    },
    /** Applies an admin's action to each matching e-mail. */
    async change(action: OutboxChange['action'], which: Partial<Email>): Promise<void> {
      const { step, ...columns } = which;
      const event = step === undefined ? {} : { dedupeKey: dedupeKeyOf(eventOf(order, step)) };
      for (const { id } of await findRows(server.models.outbox, { where: { ...columns, ...event } }))
        await changeQueuedEmail(server, admin, { id, action });
    },
    /**
     * The result of the e-mails as seen by the mail server. It must know no Message-ID but theirs, one for
     * each.
     *
     * @throws Error if a mail went to a person who should not get it
     */
    async outcome(): Promise<Outcome> {
      const emails = (await box.emails()).filter(({ step }) => !box.withheld.has(step));
      const known = new Map(emails.map(({ messageId, recipient }) => [messageId, recipient]));
      const { mails } = box.smtp;
      const unexpected = mails.find(({ messageId, to }) => known.get(messageId) !== to);
      if (unexpected) throw new Error(`nobody may send ${unexpected.messageId} to ${unexpected.to}`);
      const arrived = new Set(mails.map(({ messageId }) => messageId)).size;
      return { emails: known.size, lost: known.size - arrived, repeated: mails.length - arrived };
    },
    /** Adds the result of this case to the total. */
    async count(): Promise<void> {
      const now = await box.outcome();
      box.total.emails += now.emails;
      box.total.lost += now.lost;
      box.total.repeated += now.repeated;
    },
    /** Runs the worker that sends e-mails and kills it at a step, as kill -9 does. */
    killWorkerAt: (step: Step): Promise<'ended there' | 'done'> =>
      runJobThread('send-emails', { databaseUrl: url, env: { SMTP_URL: box.smtp.url }, stopAt: step }),
  };
  return box;
}
