import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { toRow } from '#sync/server/row.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { findRow } from '../../server/models/rows.ts';
import { openMailReader } from '../../server/tickets/inbound-mail/read-mail.ts';
import { receiveMail } from '../../server/tickets/inbound-mail/receive-mail.ts';
import { storeAttachment } from '../../server/files/stored-files.ts';
import { jobWriter, transact, type Server } from '../../server/context.ts';
import { type Figure, type Size, quantile } from '../figure.ts';
import { addPeople, named, openSessions, type BenchPerson } from '../setting/people.ts';
import { startMariadb } from '../setting/private-mariadb.ts';
import { besideServer, rssMbOf, startServer } from '../setting/server-process.ts';
import { answerBy, openTicket, type Ticket } from '../setting/threads.ts';
import { apiOf, pullOnce } from '../setting/wire-client.ts';
import type { Api } from '../../server/test/api.ts';
import type { Attacker } from './attacks.ts';

/**
 * Ten people work while one client does whatever costs the server most: batches of pulls of the longest texts, downloads
 * and parts of e-mails that are not read, bodies with very many keys or levels, tickets without end. Measured are the
 * answers that the ten get, before and during the attack, and the server's memory.
 */
const sizes = {
  full: { people: 10, calmMs: 15_000, attackMs: 30_000, texts: 400, fileMb: 10 },
  tiny: { people: 3, calmMs: 1_000, attackMs: 2_000, texts: 50, fileMb: 1 },
};
const mostTimes = 2;
const mostMoreMb = 250;
/** A person looks or writes this often. An app does so less. */
const everyMs = 200;

type Agent = { api: Api; person: BenchPerson; ticket: Ticket; since: number };
type Phase = { p95: number; answers: number; failed: number };

export async function run(size: Size, log: (text: string) => void): Promise<Figure[]> {
  const { people, calmMs, attackMs, texts, fileMb } = sizes[size];
  const mariadb = await startMariadb(false);
  const { url, pid } = await startServer(mariadb.url('hostile'));
  const server = besideServer(mariadb.url('hostile'));
  const workers = await openWorkers(server, url, people);
  const attacker = await openAttacker(server, url, { texts, fileMb });
  await work(server, workers, calmMs / 3); // the server compiles its code in the first requests
  const idle = rssMbOf(pid);
  const calm = await work(server, workers, calmMs);
  log(`calm: p95 ${calm.p95.toFixed(0)} ms of ${calm.answers} answers, ${idle.toFixed(0)} MB`);
  const attack = startAttack(attacker);
  let most = idle;
  const watching = setInterval(() => (most = Math.max(most, rssMbOf(pid))), 100);
  const attacked = await work(server, workers, attackMs);
  clearInterval(watching);
  const attacksAnswered = await attack.stop();
  log(`attacked: p95 ${attacked.p95.toFixed(0)} ms of ${attacked.answers} answers, ${most.toFixed(0)} MB`);
  return [
    { name: 'p95 of an answer, calm', value: calm.p95, unit: 'ms', better: 'lower' },
    { name: 'p95 of an answer, attacked', value: attacked.p95, unit: 'ms', better: 'lower' },
    {
      name: 'times slower',
      value: attacked.p95 / calm.p95,
      unit: 'x',
      must: mostTimes,
      better: 'lower',
      note: 'one hostile client, ten ordinary people',
    },
    { name: 'answers that failed', value: calm.failed + attacked.failed, unit: '', must: 0, better: 'lower' },
    { name: 'attacks answered', value: attacksAnswered, unit: '', better: 'higher' },
    { name: 'memory above idle', value: most - idle, unit: 'MB', must: mostMoreMb, better: 'lower' },
  ];
}

async function openWorkers(server: Server, url: string, count: number): Promise<Agent[]> {
  const agents = await addPeople(server, named('agent', 'helpdesk', count));
  const [client] = await addPeople(server, named('customer', 'client', 1));
  if (!client) throw new Error('there is no client');
  const cookies = await openSessions(server, agents);
  return Promise.all(
    agents.map(async (person) => ({
      api: apiOf(url, cookies.get(person.id) ?? ''),
      person,
      ticket: await openTicket(server, client, `Slow, says ${person.username}`),
      since: 0,
    })),
  );
}

/** The hostile client, with a thread of the longest texts and a large file. */
async function openAttacker(
  server: Server,
  url: string,
  { texts, fileMb }: { texts: number; fileMb: number },
): Promise<Attacker> {
  const [person] = await addPeople(server, named('hostile', 'client', 1));
  if (!person) throw new Error('there is no client');
  const cookies = await openSessions(server, [person]);
  const ticket = await openTicket(server, person, 'Long texts');
  const { result: seq } = await transact(server, jobWriter(server, 'bench'), (tx) => tx.count('sync', texts));
  const ids = Array.from({ length: texts }, () => server.newId());
  for (let from = 0; from < texts; from += 50) {
    const rows = Array.from({ length: Math.min(50, texts - from) }, (_, i) => {
      const now = server.now();
      const message = answerBy(person, ticket, { id: ids[from + i] ?? '', body: '€'.repeat(20_000), now });
      return toRow(messages, { ...message, seq: seq - texts + from + i + 1 });
    });
    await server.models.messages.bulkCreate(rows);
  }
  const bytes = randomBytes(fileMb * 1_000_000);
  await transact(server, jobWriter(server, 'bench'), (tx) =>
    storeAttachment(tx, {
      message: ids[0] ?? '',
      ticket: ticket.id,
      mediaType: 'application/pdf',
      fileName: 'large.pdf',
      visibility: 'client',
      bytes,
    }),
  );
  const hash = createHash('sha256').update(bytes).digest('hex');
  const mail = await receiveLargeMail(server, person, bytes);
  return { url, cookie: cookies.get(person.id) ?? '', person, hash, mail };
}

/** The hostile client has sent an e-mail with a large part. @returns its id */
async function receiveLargeMail(server: Server, { username }: BenchPerson, part: Buffer): Promise<string> {
  const from = `${username}@bench.example`;
  const head = ['--b', 'Content-Type: application/zip; name="all.zip"', 'Content-Transfer-Encoding: base64'];
  const lines = [
    `From: ${from}`,
    'Subject: A large e-mail',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="b"',
    '',
    ...head,
    '',
    ...(part.toString('base64').match(/.{1,76}/g) ?? []),
    '--b--',
    '',
  ];
  const reader = openMailReader();
  await receiveMail(server, reader, {
    raw: Buffer.from(lines.join('\r\n')),
    envelope: { from, to: ['help@bench.example'] },
  });
  await reader.close();
  const row = await findRow(server.models.incoming, { where: { sender: from }, attributes: ['id'] });
  if (!row) throw new Error('the e-mail was not stored');
  return row.id;
}

function startAttack(workerData: Attacker): { stop: () => Promise<number> } {
  const thread = new Worker(new URL('./attack-thread.ts', import.meta.url), { workerData });
  return {
    /** Ends the attack. @returns how many requests were answered */
    async stop() {
      const answered = once(thread, 'message') as Promise<[number]>; // the thread sends one number
      thread.postMessage('how many');
      const [count] = await answered;
      await thread.terminate();
      return count;
    },
  };
}

/** Everybody looks for changes and answers their ticket, in turn. */
async function work(server: Server, workers: Agent[], ms: number): Promise<Phase> {
  const times: number[] = [];
  let failed = 0;
  const end = performance.now() + ms;
  await Promise.all(
    workers.map(async (worker, n) => {
      await sleep((everyMs / workers.length) * n);
      for (let i = 0; performance.now() < end; i += 1) {
        const start = performance.now();
        try {
          await (i % 2 === 0 ? look(worker) : answer(server, worker));
        } catch {
          failed += 1;
        }
        times.push(performance.now() - start);
        await sleep(Math.max(0, everyMs - (performance.now() - start)));
      }
    }),
  );
  return { p95: quantile(times, 0.95), answers: times.length, failed };
}

async function look(worker: Agent): Promise<void> {
  const { api, person, since } = worker;
  const { checkpoint } = await pullOnce(api, { collection: 'tickets', person: person.id, since, limit: 500 });
  worker.since = checkpoint.seq;
}

async function answer(server: Server, { api, person, ticket }: Agent): Promise<void> {
  const now = server.now();
  const next = answerBy(person, ticket, { id: server.newId(), body: 'It is faster now.', now });
  const request = {
    collection: 'messages',
    person: person.id,
    epoch: 0,
    device: person.username,
    deviceNow: now,
  };
  const { refusals } = await api.sync.push.mutate({ ...request, rows: [{ base: null, next }] });
  if (refusals.length > 0) throw new Error('an answer was refused');
}
