import { setTimeout as sleep } from 'node:timers/promises';
import { jobFiles, type JobName } from '../server/job-list.ts';
import { steps } from '../server/jobs/steps.ts';
import type { DatabaseProcess } from './database-process.ts';
import type { Inbox } from './staff.ts';
import type { JobThreads } from './job-threads.ts';
import type { MailServer } from './mail-server.ts';
import { between, numbersFrom, oneOf, type Numbers } from './numbers.ts';
import type { Proxy } from './proxy.ts';
import type { ReplicaChild } from './replica-child.ts';
import type { Decision, Fault } from './schedule.ts';
import type { ServerProcess } from './server-process.ts';
import type { Person } from './stage.ts';
import { roles } from '#shared/people/schema.ts';

/** Everything that runs, and can be made to fail. */
export type World = {
  faults: readonly Fault[];
  people: readonly Person[];
  replicas: readonly ReplicaChild[];
  proxies: readonly Proxy[];
  server: ServerProcess;
  database: DatabaseProcess;
  mail: MailServer;
  threads: JobThreads;
  desk: Inbox;
};

/** Longest time until a server that was killed is started again. */
const mostDownMs = 1_500;

/** Lets everything happen at its time; resolves when all of it has been begun and what it began has ended. */
export async function play(world: World, schedule: readonly Decision[], ms: number): Promise<void> {
  const began = Date.now();
  const under: Promise<void>[] = [];
  for (const decision of schedule) {
    const wait = began + decision.at - Date.now();
    if (wait > 0) await sleep(wait);
    under.push(happen(world, decision));
  }
  await sleep(Math.max(0, began + ms - Date.now()));
  const ended = Promise.all(under);
  // A worker that stands still holds its locks, for which what is under way would wait.
  await Promise.race([ended, sleep(mostDownMs + 500)]);
  await letGo(world);
  await ended;
  // On a busy machine a server may have come back, to stand at a step, after the others were let go.
  await letGo(world);
}

/** Ends the workers that stand at a step of their job. */
async function letGo({ threads, server }: World): Promise<void> {
  await threads.stop();
  if (server.stoppedAt() === '') return;
  await server.kill();
  server.start();
}

function happen(world: World, { actor, what, numbers }: Decision): Promise<void> {
  const [who = '', index = ''] = actor.split(' ');
  const next = numbersFrom(numbers);
  if (who === 'replica') return atReplica(world, Number(index), { what, numbers, next });
  const proxy = world.proxies[Number(index)];
  if (who === 'net' && proxy) return onTheWay(world, { proxy, index: Number(index), what, next });
  if (who === 'server') return killServer(world, next);
  if (who === 'workers') return runWorker(world, what, next);
  if (who === 'db') return killDatabase(world, next);
  if (who === 'mail') return upsetMail(world, what, next);
  return command(world, what, next);
}

async function atReplica(
  { replicas, proxies, faults }: World,
  index: number,
  { what, numbers, next }: { what: string; numbers: number[]; next: Numbers },
): Promise<void> {
  const replica = replicas[index];
  const proxy = proxies[index];
  if (!replica || !proxy) return;
  if (what === 'reload') return replica.tell({ do: 'reload' });
  if (what !== 'backlog') return replica.tell({ do: 'act', what, numbers });
  // A train journey: many writes in one offline period, all of them sent at its end.
  const offlineMs = between(next(), 500, 3_500);
  if (faults.includes('net')) setOffline(proxy);
  for (let i = between(next(), 8, 20); i > 0; i -= 1) {
    const action = backlog[Math.floor(next() * backlog.length)] ?? 'answer';
    replica.tell({ do: 'act', what: action, numbers: [next(), next(), next(), next()] });
  }
  if (!faults.includes('net')) return;
  await sleep(offlineMs);
  setOnline(proxy, replica);
}

/** What people do on a train; who may not do it does the next thing of their list. */
const backlog = [
  'answer',
  'answer',
  'close',
  'reopen',
  'take',
  'open ticket',
  'read',
  'payment',
  'close with a comment',
];

/** How many reasons there are at the moment for a device to be offline: the last one that ends lets it online. */
const reasons = new WeakMap<Proxy, number>();

function setOffline(proxy: Proxy): void {
  reasons.set(proxy, (reasons.get(proxy) ?? 0) + 1);
  proxy.offline = true;
  proxy.cut();
}

/** @param replica hears of the network, as a browser tells it */
function setOnline(proxy: Proxy, replica: ReplicaChild | undefined): void {
  const left = (reasons.get(proxy) ?? 1) - 1;
  reasons.set(proxy, left);
  if (left > 0) return;
  proxy.offline = false;
  replica?.tell({ do: 'resync' });
}

async function onTheWay(
  { replicas }: World,
  { proxy, index, what, next }: { proxy: Proxy; index: number; what: string; next: Numbers },
): Promise<void> {
  if (what === 'offline') {
    setOffline(proxy);
    await sleep(between(next(), 200, 4_000));
    // Not every network that comes back is noticed at once.
    setOnline(proxy, next() < 0.6 ? replicas[index] : undefined);
  } else if (what === 'delay') {
    proxy.delayMs = between(next(), 30, 700);
    await sleep(between(next(), 500, 4_000));
    proxy.delayMs = 0;
  } else if (what === 'lose answers') {
    proxy.onlyPushes = next() < 0.7;
    proxy.answersToLose = between(next(), 1, 6);
  } else {
    proxy.cut();
  }
}

async function killServer({ server }: World, next: Numbers): Promise<void> {
  await server.kill();
  await sleep(between(next(), 0, mostDownMs));
  // Half of the time its workers then stand at a step of their job until the server is killed there.
  server.start(next() < 0.5 ? oneOf(steps, next()) : '');
}

function runWorker({ threads, database }: World, job: string, next: Numbers): Promise<void> {
  if (!isJobName(job)) throw new Error(`there is no job ${job}`);
  const stopAt = next() < 0.5 ? (oneOf(steps, next()) ?? '') : '';
  if (database.isUp()) threads.run(job, { stopAt, endAfterMs: between(next(), 200, 4_000) });
  return Promise.resolve();
}

function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobFiles, name);
}

async function killDatabase({ database }: World, next: Numbers): Promise<void> {
  database.kill();
  await sleep(between(next(), 0, 2_000));
  await database.start();
}

async function upsetMail({ mail }: World, what: string, next: Numbers): Promise<void> {
  const ms = between(next(), 300, 2_500);
  if (what === 'is down') await mail.crash();
  else mail.mood = what === 'drops' ? 'drops' : 'refuses';
  await sleep(ms);
  if (what === 'is down') await mail.start();
  else mail.mood = 'well';
}

async function command({ desk, people, replicas }: World, what: string, next: Numbers): Promise<void> {
  // The first client stays what they are: without any, the others would have little to do.
  const person = oneOf(what === 'role' ? people.slice(1) : people, next());
  if (!person) return;
  if (what === 'role') await desk.setRole(person.id, oneOf(roles, next()) ?? 'helpdesk');
  if (what === 'end sessions') await desk.endSessions(person.id);
  if (what !== 'disable' || desk.disabled() !== null) return;
  await desk.disable(person.id);
  await sleep(between(next(), 1_000, 4_000));
  if (!(await desk.enable(person.id))) return; // at the end (heal.ts)
  for (const replica of replicas) replica.tell({ do: 'enabled' });
}
