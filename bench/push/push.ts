import { type Figure, type Size, median, timed } from '../figure.ts';
import type { Server } from '../../server/context.ts';
import { positionOf } from '#sync/server/generation.ts';
import { withStatements } from '../setting/profile/profile.ts';
import { statementsOf } from '../setting/database-work.ts';
import { startMariadb } from '../setting/private-mariadb.ts';
import { besideServer, cpuMsOf, mainThreadMsOf, startServer } from '../setting/server-process.ts';
import { cancelEmails } from '../setting/threads.ts';
import { openWriters, pushAll, writeOffline, type Writer } from './backlog.ts';
import { differences, doubledOf, lostOf, stateOf } from './checks.ts';
import { openYardstick } from './yardstick.ts';

/**
 * 50 replicas come online at once with 20 answers each. The server is the real one on a durable MariaDB (each
 * commit reaches the disk). Rounds alternate with the yardstick, so that other load on the machine affects
 * both. The first round is not counted, because the server compiles its code in it. E-mails about the answers
 * are delivered meanwhile, as in use.
 */
const sizes = {
  full: { replicas: 50, each: 20, warmUps: 1, rounds: 5 },
  tiny: { replicas: 10, each: 10, warmUps: 0, rounds: 1 },
};
type Sizes = (typeof sizes)[Size];

type Round = {
  perSecond: number;
  serverMs: number;
  mainMs: number;
  mariadbMs: number;
  statements: number;
  lost: number;
  doubled: number;
  changed: string[];
};
type Baseline = { perSecond: number; cpuMs: number };
type Processes = { server: number; mariadb: number };

export async function run(size: Size, log: (text: string) => void): Promise<Figure[]> {
  const config = sizes[size];
  const { replicas, each, warmUps, rounds } = config;
  const mariadb = await startMariadb(true);
  const { url, pid } = await startServer(mariadb.url('push'));
  const database = besideServer(mariadb.url('push'));
  const writers = await openWriters(database, url, replicas);
  const yardstick = await openYardstick(mariadb);
  const pids = { server: pid, mariadb: mariadb.pid };
  const measured: Round[] = [];
  const baselines: Baseline[] = [];
  for (let i = 1 - warmUps; i <= rounds; i += 1) {
    const baseline = await yardstick(replicas, each);
    const round = await pushRound(database, writers, { pids, each, word: `round-${i}` });
    log(
      `${i < 1 ? 'warm-up' : `round ${i}`}: ${round.perSecond.toFixed(0)} accepted/s, minimal transactions ${baseline.perSecond.toFixed(0)}/s`,
    );
    measured.push(round);
    baselines.push(baseline);
  }
  return figures(config, measured, baselines);
}

async function pushRound(
  server: Server,
  writers: readonly Writer[],
  { pids, each, word }: { pids: Processes; each: number; word: string },
): Promise<Round> {
  const { head: since } = await positionOf(server);
  const backlogs = writeOffline(server, writers, { each, word });
  const sent = await statementsOf(server.db);
  const before = cpuOf(pids);
  let accepted = 0;
  const push = () => pushAll(backlogs);
  const ms = await timed(async () => (accepted = await withStatements(server.db, push)));
  const after = cpuOf(pids);
  const statements = ((await statementsOf(server.db)) - sent - 1) / accepted;
  const state = await stateOf(server);
  await pushAll(backlogs);
  const changed = differences(state, await stateOf(server));
  const round = {
    perSecond: (accepted * 1_000) / ms,
    serverMs: (after.server - before.server) / accepted,
    mainMs: (after.main - before.main) / accepted,
    mariadbMs: (after.mariadb - before.mariadb) / accepted,
    statements,
    lost: await lostOf(server, backlogs, since),
    doubled: await doubledOf(server, word),
    changed,
  };
  await cancelEmails(server);
  return round;
}

function cpuOf({ server, mariadb }: Processes): { server: number; main: number; mariadb: number } {
  return { server: cpuMsOf(server), main: mainThreadMsOf(server), mariadb: cpuMsOf(mariadb) };
}

function figures(
  { replicas, each, warmUps }: Sizes,
  all: readonly Round[],
  allBaselines: readonly Baseline[],
): Figure[] {
  const measured = all.slice(warmUps);
  const baselines = allBaselines.slice(warmUps);
  const middle = (of: (round: Round) => number) => median(measured.map(of));
  const sum = (of: (round: Round) => number) => all.reduce((total, round) => total + of(round), 0);
  const changed = [...new Set(all.flatMap((round) => round.changed))];
  const against = (of: (round: Round, baseline: Baseline) => number) =>
    median(measured.flatMap((round, i) => (baselines[i] ? [of(round, baselines[i])] : [])));
  const cold = `first round, code not yet compiled: ${(all[0]?.perSecond ?? 0).toFixed(0)}`;
  return [
    {
      name: 'accepted',
      value: middle((round) => round.perSecond),
      unit: '/s',
      must: 300,
      goal: 500,
      better: 'higher',
      note: cold,
    },
    {
      name: 'lost',
      value: sum((round) => round.lost),
      unit: '',
      must: 0,
      better: 'lower',
      exact: true,
      note: `of ${all.length * replicas * each}`,
    },
    {
      name: 'doubled',
      value: sum((round) => round.doubled),
      unit: '',
      must: 0,
      better: 'lower',
      exact: true,
    },
    {
      name: 'tables changed by sending all again',
      value: changed.length,
      unit: '',
      must: 0,
      better: 'lower',
      exact: true,
      note: changed.join(', '),
    },
    {
      name: 'yardstick: minimal transactions',
      value: median(baselines.map(({ perSecond }) => perSecond)),
      unit: '/s',
      better: 'higher',
    },
    {
      name: 'accepted against the yardstick',
      value: against((round, { perSecond }) => round.perSecond / perSecond),
      unit: 'x',
      must: 0.18,
      goal: 0.25,
      better: 'higher',
    },
    {
      name: "the server's CPU against the yardstick's",
      value: against(({ serverMs }, { cpuMs }) => serverMs / cpuMs),
      unit: 'x',
      must: 4,
      goal: 2,
      better: 'lower',
    },
    {
      name: 'CPU of the server an answer',
      value: middle((round) => round.serverMs),
      unit: 'ms',
      better: 'lower',
    },
    {
      name: 'of it the main thread',
      value: middle((round) => round.mainMs),
      unit: 'ms',
      better: 'lower',
      note: 'the rest: e-mails, garbage collection, compiler',
    },
    {
      name: 'CPU of MariaDB an answer',
      value: middle((round) => round.mariadbMs),
      unit: 'ms',
      better: 'lower',
    },
    {
      name: 'statements at the database an answer',
      value: middle((round) => round.statements),
      unit: '',
      must: 8,
      goal: 6,
      better: 'lower',
      note: 'with those of the e-mails that are sent meanwhile; a minimal transaction has 4',
    },
  ];
}
