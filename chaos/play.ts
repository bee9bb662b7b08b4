import { setTimeout as sleep } from 'node:timers/promises';
import { jobFiles, type JobName } from '../server/job-list.ts';
import { steps } from '../server/steps.ts';
import type { DatabaseProcess } from './database-process.ts';
import type { AdminCommands } from './staff.ts';
import type { JobThreads } from './job-threads.ts';
import type { MailServer } from './mail-server.ts';
import { between, numbersFrom, oneOf, type Numbers } from './numbers.ts';
import type { Proxy } from './proxy.ts';
import type { ReplicaChild } from './replica-child.ts';
import { restoreBackup, type Restore } from './restore.ts';
import type { Decision, Fault } from './schedule.ts';
import type { ServerProcess } from './server-process.ts';
import type { Person } from './stage.ts';
import { roles } from '#shared/people/schema.ts';

/** Everything that runs and that can be made to fail. */
export type World = {
  faults: readonly Fault[];
  people: readonly Person[];
  replicas: readonly ReplicaChild[];
  proxies: readonly Proxy[];
  server: ServerProcess;
  database: DatabaseProcess;
  mail: MailServer;
  threads: JobThreads;
  admin: AdminCommands;
  /** The restores of this run. */
  restores: Restore[];
};

/** The longest time before a killed server is started again. */
const maxDownMs = 1_500;

/**
 * Performs every decision at its time. Resolves when all of them have started and everything they started has
 * ended.
 */
export async function play(world: World, schedule: readonly Decision[], ms: number): Promise<void> {
  const startedAt = Date.now();
  const running: Promise<void>[] = [];
  for (const decision of schedule) {
    const wait = startedAt + decision.at - Date.now();
    if (wait > 0) await sleep(wait);
    running.push(perform(world, decision));
  }
  await sleep(Math.max(0, startedAt + ms - Date.now()));
  const ended = Promise.all(running);
  // A worker stopped at a step keeps its locks, and running work would wait for them.
  await Promise.race([ended, sleep(maxDownMs + 500)]);
  await endStoppedWorkers(world);
  await ended;
  // On a busy machine a server may have started, and stopped at a step, after the first call.
  await endStoppedWorkers(world);
}

/** Ends the workers that are stopped at a step of their job. */
async function endStoppedWorkers({ threads, server }: World): Promise<void> {
  await threads.stop();
  if (server.stoppedAt() === '') return;
  await server.kill();
  server.start();
}

function perform(world: World, { actor, what, numbers }: Decision): Promise<void> {
  const [kind = '', index = ''] = actor.split(' ');
  const next = numbersFrom(numbers);
  if (kind === 'replica') return runOnReplica(world, Number(index), { what, numbers, next });
  const proxy = world.proxies[Number(index)];
  if (kind === 'net' && proxy) return failNetwork(world, { proxy, index: Number(index), what, next });
  if (kind === 'server') return killServer(world, next);
  if (kind === 'workers') return runWorker(world, what, next);
  if (kind === 'db') return killDatabase(world, next);
  if (kind === 'restore') return restoreBackup(world, next);
  if (kind === 'mail') return failMail(world, what, next);
  return runAdminCommand(world, what, next);
}

async function runOnReplica(
  { replicas, proxies, faults }: World,
  index: number,
  { what, numbers, next }: { what: string; numbers: number[]; next: Numbers },
): Promise<void> {
  const replica = replicas[index];
  const proxy = proxies[index];
  if (!replica || !proxy) return;
  if (what === 'reload') return replica.tell({ do: 'reload' });
  if (what !== 'backlog') return replica.tell({ do: 'act', what, numbers });
  // A train journey: many writes while offline, all sent when the network is back.
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

/** What people do on a train. A person who may not do one of these does the next action of their role instead. */
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

/** The number of current reasons for a device to be offline. It is online again when the last one ends. */
const offlineReasons = new WeakMap<Proxy, number>();

function setOffline(proxy: Proxy): void {
  offlineReasons.set(proxy, (offlineReasons.get(proxy) ?? 0) + 1);
  proxy.offline = true;
  proxy.cut();
}

/** @param replica is told that the network is back, as a browser tells a page */
function setOnline(proxy: Proxy, replica: ReplicaChild | undefined): void {
  const left = (offlineReasons.get(proxy) ?? 1) - 1;
  offlineReasons.set(proxy, left);
  if (left > 0) return;
  proxy.offline = false;
  replica?.tell({ do: 'resync' });
}

async function failNetwork(
  { replicas }: World,
  { proxy, index, what, next }: { proxy: Proxy; index: number; what: string; next: Numbers },
): Promise<void> {
  if (what === 'offline') {
    setOffline(proxy);
    await sleep(between(next(), 200, 4_000));
    // A device does not always notice at once that the network is back.
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
  await sleep(between(next(), 0, maxDownMs));
  // Half of the time its workers stop at a step of their job and stay there until the server is killed.
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

async function failMail({ mail }: World, what: string, next: Numbers): Promise<void> {
  const ms = between(next(), 300, 2_500);
  if (what === 'is down') await mail.crash();
  else mail.mode = what === 'drops' ? 'drops' : 'refuses';
  await sleep(ms);
  if (what === 'is down') await mail.start();
  else mail.mode = 'well';
}

async function runAdminCommand(
  { admin, people, replicas }: World,
  what: string,
  next: Numbers,
): Promise<void> {
  // The first client keeps the role: without any client the others would have little to do.
  const person = oneOf(what === 'role' ? people.slice(1) : people, next());
  if (!person) return;
  if (what === 'role') await admin.setRole(person.id, oneOf(roles, next()) ?? 'helpdesk');
  if (what === 'end sessions') await admin.endSessions(person.id);
  if (what !== 'disable' || admin.disabled() !== null) return;
  await admin.disable(person.id);
  await sleep(between(next(), 1_000, 4_000));
  if (!(await admin.enable(person.id))) return; // heal.ts enables the account at the end
  for (const replica of replicas) replica.tell({ do: 'enabled' });
}
