import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { steps } from '../steps.ts';
import { openOutboxCase } from '../test/outbox-rows.ts';
import type { TestSmtp } from '../test/smtp.ts';
import { system } from '../test/test-server.ts';
import { emailsDue } from './due-emails.ts';
import { resumeOutbox } from './outbox-commands.ts';
import { releaseEmails } from './outbox.ts';
import { transact } from '../context.ts';

const minute = 60_000;
const hour = 60 * minute;
const [ana, bea, carl] = ['ana@test.example', 'bea@test.example', 'carl@test.example'];
const everybody = [ana, bea, carl];

let box: Awaited<ReturnType<typeof openOutboxCase>>;
let smtp: TestSmtp;

beforeAll(async () => {
  box = await openOutboxCase();
});
beforeEach(async () => {
  smtp = await box.reset();
});
afterEach(() => box.count());
afterAll(async () => {
  await box.close();
  const { emails, lost, repeated } = box.total;
  console.log(`mail faults: ${emails} e-mails, ${lost} lost, ${repeated} repeated (same Message-ID)`);
});

async function release(): Promise<number> {
  const work = transact(box.server, system(box.server), (tx) => releaseEmails(tx, 'order-status', box.order));
  return (await work).result;
}

test('while the mail server is down e-mails stay scheduled, and each is sent once when it is back', async () => {
  await box.queue(6, [ana, bea]);
  await box.deliverAll(); // leaves a connection open, which then dies
  await smtp.crash();
  await box.queue(8, everybody, { first: 7 });
  let time = Date.now();
  for (let round = 1; round <= 4; round += 1, time += hour) {
    expect(await box.deliverAll(time)).toBe(24);
    expect(await box.counts()).toEqual({ sent: 12, scheduled: 24 });
  }
  await box.start({ port: smtp.port });
  await box.deliverAll(time);
  expect(await box.counts()).toEqual({ sent: 36 });
  expect(await box.outcome()).toEqual({ emails: 36, lost: 0, repeated: 0 });
});

test('a temporary refusal is retried after 30 s, and the wait then doubles up to 6 hours', async () => {
  await box.queue(4, everybody);
  smtp.answer = () => ({ code: 451, text: 'greylisted' });
  let time = Date.now();
  for (const [tried, wait] of [minute / 2, minute, 2 * minute, 4 * minute].entries()) {
    expect(await box.deliverAll(time)).toBe(12);
    for (const row of await box.emails()) {
      expect(row).toMatchObject({ state: 'scheduled', attempts: tried + 1, notBefore: time + wait });
      expect(row.lastError).toContain('greylisted');
    }
    expect(await box.deliverAll(time + wait - 1)).toBe(0);
    time += wait;
  }
  await box.server.models.outbox.update({ attempts: 40 }, { where: {} });
  await box.deliverAll(time);
  expect((await box.emails())[0]?.notBefore).toBe(time + 6 * hour); // the longest wait
  smtp.answer = () => null;
  await box.deliverAll(time + 6 * hour);
  expect(await box.outcome()).toEqual({ emails: 12, lost: 0, repeated: 0 });
});

test('a refused e-mail shows the reply of the mail server and is sent when an admin retries it', async () => {
  await box.queue(5, everybody);
  smtp.answerRcpt = (to) => (to === ana ? { code: 550, text: 'no such mailbox' } : null);
  smtp.answer = (to) => (to === bea ? { code: 554, text: 'looks like spam' } : null);
  await box.deliverAll();
  expect(await box.deliverAll(Date.now() + 1_000 * hour)).toBe(0); // not retried automatically
  const replies: Record<string, string> = { [ana]: 'no such mailbox', [bea]: 'looks like spam', [carl]: '' };
  for (const { recipient, state, lastError } of (await box.list()).emails) {
    expect(state).toBe(recipient === carl ? 'sent' : 'failed');
    expect(lastError ?? '').toContain(replies[recipient]);
  }
  smtp.answerRcpt = smtp.answer = () => null;
  expect(await box.deliverAll()).toBe(0);
  await box.change('retry', { state: 'failed' });
  expect(await box.deliverAll()).toBe(10);
  expect(await box.counts()).toEqual({ sent: 15 });
  expect(await box.outcome()).toEqual({ emails: 15, lost: 0, repeated: 0 });
});

test.each([
  ['greet', 421],
  ['greet', 554],
  ['answerRcpt', 421],
  ['answerRcpt', 503],
  ['answer', 421],
  ['answer', 503],
] as const)(
  'a mail server that is shutting down or out of sequence (%s: %i) loses no e-mail',
  async (where, code) => {
    await box.queue(2, everybody);
    smtp[where] = () => ({ code, text: 'not now' });
    const time = Date.now();
    expect(await box.deliverAll(time)).toBe(6);
    expect(await box.counts()).toEqual({ scheduled: 6 });
    smtp[where] = () => null;
    await box.deliverAll(time + minute);
    expect(await box.outcome()).toEqual({ emails: 6, lost: 0, repeated: 0 });
  },
);

test('one refused recipient of an event does not affect the others', async () => {
  await box.queue(6, everybody);
  smtp.answerRcpt = (to) => (to === bea ? { code: 550, text: 'gone away' } : null);
  await box.deliverAll();
  for (const to of everybody)
    expect(smtp.mails.filter((mail) => mail.to === to)).toHaveLength(to === bea ? 0 : 6);
  expect(await box.counts()).toEqual({ sent: 12, failed: 6 });
  smtp.answerRcpt = () => null;
  await box.change('retry', { recipient: bea });
  await box.deliverAll();
  expect(await box.outcome()).toEqual({ emails: 18, lost: 0, repeated: 0 });
});

test('four concurrent workers and a slow mail server send each e-mail once', async () => {
  await box.queue(30, everybody);
  smtp.beforeYes = () => (smtp.mails.length % 15 === 1 ? sleep(1_500) : undefined);
  const worker = async () => {
    let tried = 0;
    while ((await box.counts())['scheduled']) tried += await box.deliverOnce();
    return tried;
  };
  const tried = await Promise.all([1, 2, 3, 4].map(worker));
  expect(Math.min(...tried)).toBeGreaterThan(0);
  expect(tried.reduce((a, b) => a + b)).toBe(90);
  expect(await box.counts()).toEqual({ sent: 90 });
  expect(await box.outcome()).toEqual({ emails: 90, lost: 0, repeated: 0 });
});

test('another worker takes over from one that is too slow, and only the e-mail in progress is repeated', async () => {
  await box.queue(12, [ana]);
  smtp.beforeYes = () => (smtp.mails.length === 1 ? sleep(1_500) : undefined);
  const slow = box.deliverAll();
  while (smtp.mails.length === 0) await sleep(10);
  expect(await box.deliverAll()).toBe(0);
  expect(await box.deliverAll(Date.now() + 6 * minute)).toBe(12);
  await slow;
  expect(await box.counts()).toEqual({ sent: 12 });
  expect(await box.outcome()).toEqual({ emails: 12, lost: 0, repeated: 1 });
});

test('a connection lost after an e-mail was accepted repeats only that e-mail, with the same Message-ID', async () => {
  await box.queue(4, everybody);
  smtp.beforeYes = (_mail, cut) => (smtp.mails.length === 5 ? cut() : undefined);
  const time = Date.now();
  await box.deliverAll(time);
  expect(await box.counts()).toEqual({ sent: 11, scheduled: 1 });
  await box.deliverAll(time + minute);
  expect(await box.outcome()).toEqual({ emails: 12, lost: 0, repeated: 1 });
});

/** Expects that the outbox pauses after one tried e-mail, and that every e-mail is still scheduled. */
async function pausedAfterOne(time: number, reason: string): Promise<void> {
  expect(await box.deliverOnce(time)).toBe(12);
  expect(await box.counts()).toEqual({ scheduled: 12 });
  const emails = await box.emails();
  expect(emails.filter(({ attempts }) => attempts > 0)).toHaveLength(1);
  expect(emails.every(({ claimedUntil }) => claimedUntil === 0)).toBe(true);
  expect((await box.list()).paused).toMatchObject({ since: time, until: time + minute });
  expect((await box.list()).paused?.reason).toContain(reason);
  expect(await emailsDue(box.at(time + minute - 1))).toBe(false);
  expect(await box.deliverAll(time + minute - 1)).toBe(0);
}

test('a wrong password is tried once per pause, not once per e-mail; with the right one all e-mails are sent', async () => {
  smtp = await box.start({ login: true });
  box.connect(smtp.url.replace('//', '//cstims:guess@'));
  smtp.login = () => false;
  await box.queue(4, everybody);
  const time = Date.now();
  await pausedAfterOne(time, 'wrong user or password');
  expect(smtp.logins).toBe(1);
  const again = time + minute;
  expect(await emailsDue(box.at(again))).toBe(true);
  expect(await box.deliverAll(again)).toBe(1);
  expect(smtp.logins).toBe(2);
  expect((await box.list()).paused).toMatchObject({ since: time, until: again + 2 * minute });
  smtp.login = (password) => password === 'guess';
  expect(await box.deliverOnce(again + 2 * minute)).toBe(1); // the trial e-mail
  expect((await box.list()).paused).toBeNull();
  await box.deliverAll(again + 2 * minute);
  expect(await box.outcome()).toEqual({ emails: 12, lost: 0, repeated: 0 });
});

test('an admin who corrected the password can end the pause', async () => {
  smtp = await box.start({ login: true });
  smtp.login = (password) => password === 'right';
  box.connect(smtp.url.replace('//', '//cstims:wrong@'));
  await box.queue(4, everybody);
  const time = Date.now();
  await pausedAfterOne(time, 'wrong user or password');
  box.connect(smtp.url.replace('//', '//cstims:right@'));
  expect(await box.deliverAll(time)).toBe(0);
  await resumeOutbox(box.server, box.admin);
  expect((await box.list()).paused).toBeNull();
  expect(await box.deliverAll(time)).toBe(11);
  await box.deliverAll(time + minute); // the one that was tried
  expect(smtp.logins).toBe(2);
  expect(await box.outcome()).toEqual({ emails: 12, lost: 0, repeated: 0 });
});

const unchanged = (url: string) => url;
test.each([
  ['smtps:// to a server without TLS', {}, 'SSL', (url: string) => url.replace('smtp:', 'smtps:')],
  ['an expired certificate', { tls: 'at once' }, 'certificate has expired', unchanged],
  ['an expired certificate, by STARTTLS', { tls: 'by STARTTLS' }, 'certificate has expired', unchanged],
  ['no STARTTLS where it is required', {}, 'STARTTLS', (url: string) => `${url}?requireTLS=true`],
  ['no password where one is required', { login: true }, '530', unchanged],
] as const)('%s pauses the outbox after one e-mail; once it is fixed, all are sent', async (...fault) => {
  const [, options, reason, urlFor] = fault;
  smtp = await box.start(options);
  box.connect(urlFor(smtp.url));
  await box.queue(4, everybody);
  const time = Date.now();
  await pausedAfterOne(time, reason);
  expect(smtp.connections).toBe(1);
  smtp = await box.start();
  await box.deliverAll(time + minute);
  expect((await box.list()).paused).toBeNull();
  expect(await box.outcome()).toEqual({ emails: 12, lost: 0, repeated: 0 });
});

test.each(steps.filter((step) => step.startsWith('emails:')))(
  'a worker killed at "%s" loses no e-mail, and repeats at most the one in progress',
  async (step) => {
    await box.queue(4, everybody);
    expect(await box.killWorkerAt(step)).toBe('ended there');
    expect(smtp.mails).toHaveLength(step === 'emails: claimed' ? 0 : 1);
    expect(await box.deliverAll()).toBe(0); // still claimed by the dead worker
    await box.deliverAll(Date.now() + 6 * minute);
    expect(await box.counts()).toEqual({ sent: 12 });
    const repeated = step === 'emails: accepted by the mail server, not marked' ? 1 : 0;
    expect(await box.outcome()).toEqual({ emails: 12, lost: 0, repeated });
  },
);

test('e-mails that an admin holds or cancels are not sent; those held for a PDF are sent once it is drawn', async () => {
  await box.queue(4, [ana, bea], { held: true }); // until the PDF is drawn
  await box.queue(6, [ana, bea], { first: 5 });
  await box.change('hold', { step: 5 });
  await box.change('cancel', { step: 6 });
  await box.change('cancel', { step: 1 });
  for (const step of [1, 5, 6]) box.withheld.add(step);
  await box.deliverAll();
  expect(await box.counts()).toEqual({ held: 8, cancelled: 4, sent: 8 });
  expect(await release()).toBe(6); // steps 2 to 4
  await box.deliverAll(Date.now() + 1_000 * hour);
  expect(await box.counts()).toEqual({ held: 2, cancelled: 4, sent: 14 });
  expect(await box.outcome()).toEqual({ emails: 14, lost: 0, repeated: 0 });
  await box.change('retry', { step: 5 });
  box.withheld.delete(5);
  await box.deliverAll();
  for (const action of ['hold', 'retry', 'cancel'] as const)
    await expect(box.change(action, { state: 'sent' })).rejects.toThrow('illegal-move');
  expect(await box.counts()).toEqual({ sent: 16, cancelled: 4 });
  expect(await box.outcome()).toEqual({ emails: 16, lost: 0, repeated: 0 });
});

test('an e-mail that is being sent cannot be held, retried or cancelled', async () => {
  await box.queue(12, [ana]);
  const refused: string[] = [];
  smtp.beforeYes = async () => {
    for (const action of ['hold', 'retry', 'cancel'] as const)
      await box
        .change(action, { step: smtp.mails.length })
        .catch((error: Error) => refused.push(error.message));
  };
  await box.deliverAll();
  expect(refused).toHaveLength(36);
  expect(await box.outcome()).toEqual({ emails: 12, lost: 0, repeated: 0 });
});
