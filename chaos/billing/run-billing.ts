import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dayOf } from '#shared/billing/period.ts';
import { createDatabase } from '../../server/database/connect.ts';
import { migrate } from '../../server/database/migrate.ts';
import { seed } from '../../server/demo/seed.ts';
import { steps, type Step } from '../../server/steps.ts';
import { createDatabaseProcess, type DatabaseProcess } from '../database-process.ts';
import { createMailServer, type MailServer } from '../mail-server.ts';
import { between, numbersOf, oneOf, type Numbers } from '../numbers.ts';
import { createServerProcess } from '../server-process.ts';
import { openTruth } from '../stage.ts';
import type { BillingRunOptions } from './arguments.ts';
import { calendarOf, type RoundPlan } from './calendar.ts';
import { type Accountants, createAccountants, faultsOf } from './accountants.ts';
import { addOrders, addPeople } from './cast.ts';
import { judge, type Verdict } from './judge.ts';
import { addPlans, chargedBeforeWritten, chargedOrders, releaseSome } from './plans.ts';
import { createRuns, type Runs } from './runs.ts';
import type { Server } from '../../server/context.ts';

export type Outcome = {
  verdict: Verdict & { booksWrong: string[] };
  looks: number;
  runs: number;
  kills: { runs: number; servers: number; database: number };
  /** The number of named steps at which a run was killed, at which the database was killed, and of all steps. */
  steps: { run: number; database: number; of: number };
  fileRefusals: number;
  mailFailures: number;
  /**
   * The number of orders whose planned start was charged, of those charged before the job had applied the
   * start, and of held orders that were released.
   */
  plans: { started: number; startedUnwritten: number; released: number };
  /** Rows that two accountants wrote offline: those accepted, those refused, and the faults of the books. */
  accountants: { accepted: number; refused: number };
  folder: string;
};

type Stage = {
  server: Server;
  database: DatabaseProcess;
  mail: MailServer;
  runs: Runs;
  next: Numbers;
  /** Random numbers for planned orders and releases. */
  plans: Numbers;
  accountants: Accountants;
  /** Steps at which the database was killed. */
  databaseKilledAt: Set<Step>;
};

/**
 * Bills a year on a real, durable MariaDB. In each round 2 to 8 runs work in parallel. Runs are killed at a
 * named step or anywhere, the database is killed under them, files and mail are refused, and clocks jump.
 * Then two real servers work on the current day and are killed as well. At the end all faults stop, a last
 * run completes the work, and the books are judged.
 */
export async function runBilling({ seed: start, days, clients, keep }: BillingRunOptions): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'cstims-chaos-'));
  const next = numbersOf(start, 'billing');
  const database = await createDatabaseProcess(join(folder, 'mariadb'), 'test_billing');
  const mail = await createMailServer();
  const server = openTruth(database.url);
  const env = {
    NODE_ENV: 'development',
    DEMO: 'no',
    LOG_LEVEL: 'warn',
    DATABASE_URL: database.url,
    DATA_DIR: join(folder, 'data'),
    SMTP_URL: mail.url,
  };
  const runs = createRuns(env, join(folder, 'runs.log'));
  const plans = numbersOf(start, 'plans');
  const base = { server, database, mail, runs, next, plans, databaseKilledAt: new Set<Step>() };
  try {
    await createDatabase(database.url);
    await migrate(server.db);
    await seed(server);
    const ids = await addPeople(server, clients, next);
    const accountants = await createAccountants(server, numbersOf(start, 'accountants'));
    const stage: Stage = { ...base, accountants };
    await addOrders(server, ids, { next });
    const starting = await addPlans(server, ids, plans);
    const unwritten = new Set<string>();
    const counted = { runs: 0, fileRefusals: 0, mailFailures: 0 };
    const looks = calendarOf(days, next);
    for (const [i, look] of looks.entries()) {
      const { day, clocks } = look;
      // Each round needs something to issue, draw and send.
      await addOrders(server, [oneOf(ids, next()) ?? ''], { next, since: day });
      await accountants.write(day);
      const faults = await runRound(stage, look, i);
      counted.runs += clocks.length;
      counted.fileRefusals += Number(faults.files);
      counted.mailFailures += Number(faults.mail);
      for (const id of await chargedBeforeWritten(server)) unwritten.add(id);
    }
    await stopFaults(stage);
    const today = dayOf(Date.now(), 'Europe/Madrid');
    await addOrders(server, ids, { next, since: today });
    counted.runs += await killAtRemainingSteps(stage, (since) => addOrders(server, ids, { next, since }));
    const killed = await twoServers(stage, env, folder);
    await accountants.send();
    await heal(stage);
    const charged = await chargedOrders(server);
    return {
      verdict: {
        ...(await judge(server, mail.mails, today)),
        booksWrong: await faultsOf(server, accountants),
      },
      accountants: {
        accepted: accountants.answers.filter(({ code }) => code === 'accepted').length,
        refused: accountants.answers.filter(({ code }) => code !== 'accepted').length,
      },
      looks: looks.length,
      ...counted,
      kills: { runs: runs.kills, servers: killed, database: database.kills },
      steps: { run: runs.killedAt.size, database: stage.databaseKilledAt.size, of: steps.length },
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

/** Starts runs in parallel. One of them is killed at the next step that is due, others at any moment. */
async function runRound(stage: Stage, { day, clocks }: RoundPlan, turn: number) {
  const { database, mail, runs, next, plans, server, databaseKilledAt, accountants } = stage;
  // If no run applies the planned changes first, the charges must follow from the plan.
  const appliesScheduled = plans() < 0.5;
  const faults = { files: next() < 0.2, mail: next() < 0.3, database: next() < 0.25 };
  await refuseFiles(server, faults.files);
  mail.mode = faults.mail ? (next() < 0.5 ? 'refuses' : 'drops') : 'well';
  if (faults.mail && next() < 0.3) await mail.crash();
  // In every other round the database is killed at a step, and the run with it.
  const killsDatabase = turn % 2 === 1;
  const done = killsDatabase ? databaseKilledAt : runs.killedAt;
  const untried = steps.filter((step) => !done.has(step));
  const turns = untried.length > 0 ? untried : steps.slice(turn % steps.length);
  const stopping = killsDatabase ? 1 : 2;
  for (const [i, clock] of clocks.entries()) {
    // The runs that stop at a step start before the others have done the work.
    const stopAt = i < stopping ? (turns[i] ?? null) : null;
    if (i === stopping) await sleep(600);
    const onStopped = () => {
      if (!killsDatabase || !stopAt) return;
      databaseKilledAt.add(stopAt);
      database.kill();
    };
    const endAfterMs = next() < 0.25 ? between(next(), 900, 3_000) : null;
    runs.start({ clock, appliesScheduled, stopAt, onStopped, endAfterMs });
  }
  const releases = releaseSome(server, { day, next: plans }).catch(() => undefined);
  // What a fault interrupts is sent in another round.
  const sent = accountants.send().catch(() => undefined);
  if (faults.database) {
    await sleep(between(next(), 900, 2_500));
    database.kill();
    await sleep(between(next(), 50, 400));
    await database.start();
  }
  await runs.settled();
  await releases;
  await sent;
  await database.start();
  await mail.start();
  await letTimePass(server);
  return faults;
}

/**
 * Kills a run at each step that no round has reached, as happens on a slow or busy machine. Each step gets
 * its own run, without other faults.
 */
async function killAtRemainingSteps(
  { runs, server }: Stage,
  addWork: (since: string) => Promise<unknown>,
): Promise<number> {
  let count = 0;
  for (const step of steps) {
    for (let tries = 0; !runs.killedAt.has(step) && tries < 3; tries += 1) {
      await addWork(dayOf(Date.now(), 'Europe/Madrid'));
      runs.start({ clock: Date.now(), appliesScheduled: true, stopAt: step, endAfterMs: null });
      await runs.settled();
      await letTimePass(server);
      count += 1;
    }
  }
  return count;
}

/** Simulates a full disk: a trigger makes the database refuse each file. */
async function refuseFiles(server: Server, refused: boolean): Promise<void> {
  await server.db.query('DROP TRIGGER IF EXISTS files_full');
  if (refused)
    await server.db.query(
      "CREATE TRIGGER files_full BEFORE INSERT ON file_chunks FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no space left on device'",
    );
}

/** Ends claims and waiting times of e-mails, as if time had passed until the next round. */
async function letTimePass(server: Server): Promise<void> {
  await server.db.query("UPDATE outbox SET not_before = 0 WHERE state = 'scheduled'");
  await server.db.query("UPDATE outbox SET claimed_until = 0 WHERE state = 'sending'");
  await server.db.query('UPDATE leases SET held_until = 0');
  await server.db.query("DELETE FROM settings WHERE name = 'mail-pause'");
}

async function stopFaults({ server, mail }: Stage): Promise<void> {
  mail.mode = 'well';
  await mail.start();
  await refuseFiles(server, false);
}

/**
 * Two app servers poll every two seconds. Each is killed in every round, and once the database is killed
 * under both.
 */
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

/** Runs billing without faults until there is nothing left to do. */
async function heal({ server, runs }: Stage): Promise<void> {
  for (let look = 0; look < 8; look += 1) {
    await letTimePass(server);
    runs.start({ clock: Date.now(), appliesScheduled: true, stopAt: null, endAfterMs: null });
    await runs.settled();
    const left = await server.models.outbox.count({ where: { state: ['held', 'scheduled', 'sending'] } });
    if (left === 0) return;
  }
}
