import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dayOf } from '#shared/billing/period.ts';
import { createDatabase } from '../../server/database/connect.ts';
import { migrate } from '../../server/database/migrate.ts';
import { seed } from '../../server/demo/seed.ts';
import { steps, type Step } from '../../server/jobs/steps.ts';
import { createDatabaseProcess, type DatabaseProcess } from '../database-process.ts';
import { createMailServer, type MailServer } from '../mail-server.ts';
import { between, numbersOf, oneOf, type Numbers } from '../numbers.ts';
import { createServerProcess } from '../server-process.ts';
import { openTruth } from '../stage.ts';
import type { Wanted } from './arguments.ts';
import { calendarOf, type Look } from './calendar.ts';
import { addOrders, addPeople } from './cast.ts';
import { judge, type Verdict } from './judge.ts';
import { addPlans, chargedBeforeWritten, chargedOrders, releaseSome } from './plans.ts';
import { createRuns, type Runs } from './runs.ts';
import type { Server } from '../../server/context.ts';

export type Outcome = {
  verdict: Verdict;
  looks: number;
  runs: number;
  kills: { runs: number; servers: number; database: number };
  /** Named steps at which a run was killed, and at which the database was, of how many there are. */
  steps: { run: number; database: number; of: number };
  fileRefusals: number;
  mailFailures: number;
  /** Orders whose planned start was charged, and was before the job wrote it; held orders that were released. */
  plans: { started: number; startedUnwritten: number; released: number };
  folder: string;
};

type Stage = {
  server: Server;
  database: DatabaseProcess;
  mail: MailServer;
  runs: Runs;
  next: Numbers;
  /** Of what orders are to do and of releases. */
  plans: Numbers;
  /** Steps at which the database was killed. */
  databaseAt: Set<Step>;
};

/**
 * A year of billing on a real, durable MariaDB: at each look 2 to 8 runs in parallel, killed at a named step or
 * anywhere, the database killed under them, files and mail refused, clocks that jump. Then two real servers on the day
 * of today, killed as well. At the end every fault is over, one more look is had, and the books are judged.
 */
export async function runBilling({ seed: start, days, clients, keep }: Wanted): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'cstims-chaos-'));
  const next = numbersOf(start, 'billing');
  const database = await createDatabaseProcess(join(folder, 'mariadb'), 'test_billing');
  const mail = await createMailServer();
  const server = openTruth(database.url);
  const env = {
    NODE_ENV: 'development', DEMO: 'no', LOG_LEVEL: 'warn', DATABASE_URL: database.url,
    DATA_DIR: join(folder, 'data'), SMTP_URL: mail.url,
  };
  const runs = createRuns(env, join(folder, 'runs.log'));
  const plans = numbersOf(start, 'plans');
  const stage = { server, database, mail, runs, next, plans, databaseAt: new Set<Step>() };
  try {
    await createDatabase(database.url);
    await migrate(server.db);
    await seed(server);
    const ids = await addPeople(server, clients, next);
    await addOrders(server, ids, { next });
    const starting = await addPlans(server, ids, plans);
    const unwritten = new Set<string>();
    const counted = { runs: 0, fileRefusals: 0, mailFailures: 0 };
    const looks = calendarOf(days, next);
    for (const [i, look] of looks.entries()) {
      const { day, clocks } = look;
      // So that there is something to issue, to draw and to send at every look.
      await addOrders(server, [oneOf(ids, next()) ?? ''], { next, since: day });
      const faults = await oneLook(stage, look, i);
      counted.runs += clocks.length;
      counted.fileRefusals += Number(faults.files);
      counted.mailFailures += Number(faults.mail);
      for (const id of await chargedBeforeWritten(server)) unwritten.add(id);
    }
    await stopFaults(stage);
    const today = dayOf(Date.now(), 'Europe/Madrid');
    await addOrders(server, ids, { next, since: today });
    counted.runs += await stopAtTheRest(stage, (since) => addOrders(server, ids, { next, since }));
    const killed = await twoServers(stage, env, folder);
    await heal(stage);
    const charged = await chargedOrders(server);
    return {
      verdict: await judge(server, mail.mails, today),
      looks: looks.length,
      ...counted,
      kills: { runs: runs.kills, servers: killed, database: database.kills },
      steps: { run: runs.stood.size, database: stage.databaseAt.size, of: steps.length },
      plans: {
        started: charged.filter(({ id }) => starting.has(id)).length,
        startedUnwritten: unwritten.size,
        released: charged.filter(({ releasedUntil }) => releasedUntil !== null).length,
      },
      folder: keep ? folder : '',
    };
  } finally {
    await runs.settled();
    await server.db.close().catch(() => undefined);
    await mail.stop();
    await database.stop();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs in parallel; one of them is killed at the step whose turn it is, others anywhere. */
async function oneLook(stage: Stage, { day, clocks }: Look, turn: number) {
  const { database, mail, runs, next, plans, server, databaseAt } = stage;
  // Where no run writes first what was planned, the charges follow from the plan.
  const carriesOut = plans() < 0.5;
  const faults = { files: next() < 0.2, mail: next() < 0.3, database: next() < 0.25 };
  await refuseFiles(server, faults.files);
  mail.mood = faults.mail ? (next() < 0.5 ? 'refuses' : 'drops') : 'well';
  if (faults.mail && next() < 0.3) await mail.crash();
  // At every other look it is the database that is killed at a step, and the run with it.
  const killsDatabase = turn % 2 === 1;
  const done = killsDatabase ? databaseAt : runs.stood;
  const untried = steps.filter((step) => !done.has(step));
  const turns = untried.length > 0 ? untried : steps.slice(turn % steps.length);
  const current = killsDatabase ? 1 : 2;
  for (const [i, clock] of clocks.entries()) {
    // Those that are to stand at a step begin before the others have done their work.
    const stopAt = i < current ? (turns[i] ?? null) : null;
    if (i === current) await sleep(600);
    const meanwhile = () => {
      if (!killsDatabase || !stopAt) return;
      databaseAt.add(stopAt);
      database.kill();
    };
    const endAfterMs = next() < 0.25 ? between(next(), 900, 3_000) : null;
    runs.start({ clock, carriesOut, stopAt, meanwhile, endAfterMs });
  }
  const releases = releaseSome(server, { day, next: plans }).catch(() => undefined);
  if (faults.database) {
    await sleep(between(next(), 900, 2_500));
    database.kill();
    await sleep(between(next(), 50, 400));
    await database.start();
  }
  await runs.settled();
  await releases;
  await database.start();
  await mail.start();
  await letTimePass(server);
  return faults;
}

/** Steps that no look came to, on a machine that is slow or busy: each by a run of its own, with nothing in its way. */
async function stopAtTheRest(
  { runs, server }: Stage,
  addWork: (since: string) => Promise<unknown>,
): Promise<number> {
  let count = 0;
  for (const step of steps) {
    for (let tries = 0; !runs.stood.has(step) && tries < 3; tries += 1) {
      await addWork(dayOf(Date.now(), 'Europe/Madrid'));
      runs.start({ clock: Date.now(), carriesOut: true, stopAt: step, endAfterMs: null });
      await runs.settled();
      await letTimePass(server);
      count += 1;
    }
  }
  return count;
}

/** The disk for files is full: each is refused by the database. */
async function refuseFiles(server: Server, refused: boolean): Promise<void> {
  await server.db.query('DROP TRIGGER IF EXISTS files_full');
  if (refused)
    await server.db.query(
      "CREATE TRIGGER files_full BEFORE INSERT ON file_chunks FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no space left on device'",
    );
}

/** Until the next look an e-mail's claim and its wait are over, as they would be. */
async function letTimePass(server: Server): Promise<void> {
  await server.db.query("UPDATE outbox SET not_before = 0 WHERE state = 'scheduled'");
  await server.db.query("UPDATE outbox SET claimed_until = 0 WHERE state = 'sending'");
  await server.db.query('UPDATE leases SET held_until = 0');
  await server.db.query("DELETE FROM settings WHERE name = 'mail-pause'");
}

async function stopFaults({ server, mail }: Stage): Promise<void> {
  mail.mood = 'well';
  await mail.start();
  await refuseFiles(server, false);
}

/** Two app servers look every two seconds; each is killed at every step's moment, and the database under both. */
async function twoServers(stage: Stage, env: Record<string, string>, folder: string): Promise<number> {
  const { database, next, server } = stage;
  const servers = await Promise.all(
    ['a', 'b'].map((name) =>
      createServerProcess({ env: { ...env, POLL_SECONDS: '2' }, log: join(folder, `server-${name}.log`) }),
    ),
  );
  try {
    for (let round = 0; round < 4; round += 1) {
      servers.forEach((each, i) => each.start(i === 0 ? (steps[round * 2] ?? '') : ''));
      await sleep(between(next(), 3_500, 7_000));
      if (round === 2) {
        database.kill();
        await sleep(200);
        await database.start();
      }
      for (const each of servers) await each.kill();
      await letTimePass(server);
    }
  } finally {
    for (const each of servers) await each.stop();
  }
  return servers.reduce((sum, { kills }) => sum + kills, 0);
}

/** Looks with nothing in the way, until nothing is left to do. */
async function heal({ server, runs }: Stage): Promise<void> {
  for (let look = 0; look < 8; look += 1) {
    await letTimePass(server);
    runs.start({ clock: Date.now(), carriesOut: true, stopAt: null, endAfterMs: null });
    await runs.settled();
    const left = await server.models.outbox.count({ where: { state: ['held', 'scheduled', 'sending'] } });
    if (left === 0) return;
  }
}
