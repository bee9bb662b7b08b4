import { setTimeout as sleep } from 'node:timers/promises';
import { QueryTypes } from 'sequelize';
import type { CollectionName } from '#shared/collections.ts';
import type { Api } from '../../server/test/api.ts';
import { median, quantile, timed, type Figure } from '../figure.ts';
import { openSessions, type Somebody } from '../setting/people.ts';
import { startMariadb, type Mariadb } from '../setting/private-mariadb.ts';
import { besideServer, cpuMsOf, startServer } from '../setting/server-process.ts';
import { apiOf, pullOnce } from '../setting/wire-client.ts';
import { fill, type Filled } from './fill.ts';
import { isWellPlanned, planText, plansOf } from './plans.ts';
import { rowsRead } from './rows-read.ts';
import type { Server } from '../../server/context.ts';

/**
 * What a delta pull costs where there are 10,000 tickets and where there are 1,000,000: the same rows come back, so
 * the same time is expected. Two schemas of one durable MariaDB (with its 128 MB of memory, as embedded), a real
 * server for each, tries interleaved, so that what else the machine does meets both alike.
 */
const small = 10_000;
const large = 1_000_000;
const tries = 200;
/** Each server process compiles its code by itself: measured is what it does after that. */
const firstPulls = 500;
const warmUps = 50;
/** A device that was in use a moment ago, and one that was away. */
const delta = 20;
const away = 5_000;
const batch = 1_000;
const countedPulls = 20;
const awayTries = 10;

type Size = { tickets: number; pid: number; database: Server; filled: Filled; apis: Map<Somebody, Api> };
type Case = { who: 'client' | 'helpdesk' | 'admin'; collection: CollectionName };

const cases: readonly Case[] = (['client', 'helpdesk', 'admin'] as const).flatMap((who) => [
  { who, collection: 'tickets' as const },
  { who, collection: 'messages' as const },
]);

function caseOf(turn: number): Case {
  return cases[turn % cases.length] ?? { who: 'client', collection: 'tickets' };
}

export async function run(say: (text: string) => void): Promise<Figure[]> {
  const mariadb = await startMariadb(true);
  const sizes = [await open(mariadb, small, say), await open(mariadb, large, say)] as const;
  await settle(sizes[1]);
  for (const size of sizes) {
    for (let i = 0; i < firstPulls; i += 1) await pullOf(size, caseOf(i), delta);
  }
  const figures: Figure[] = [];
  for (const each of cases) figures.push(...(await compare(sizes, each)));
  for (const each of cases) figures.push(...(await count(sizes, each)));
  for (const each of cases) figures.push(await countBatch(sizes[1], each));
  figures.push(...(await afterAway(sizes)));
  figures.push(await plans(sizes, say));
  return figures;
}

async function open(mariadb: Mariadb, tickets: number, say: (text: string) => void): Promise<Size> {
  const url = mariadb.url(`tickets_${tickets}`);
  const process = await startServer(url);
  const database = besideServer(url);
  let filled: Filled | undefined;
  const ms = await timed(async () => (filled = await fill(database, tickets)));
  if (!filled) throw new Error('nothing was filled');
  say(
    `${tickets} tickets with a message each, ${tickets / 1_000} clients: filled in ${(ms / 1_000).toFixed(1)} s`,
  );
  const people = [filled.client, filled.helpdesk, filled.admin];
  const cookies = await openSessions(database, people);
  const apis = new Map(people.map((person) => [person, apiOf(process.url, cookies.get(person.id) ?? '')]));
  return { tickets, pid: process.pid, database, filled, apis };
}

/** Until the database has written out what was filled: a pull is not to wait for that. */
async function settle({ database: { db } }: Size): Promise<void> {
  await db.query('SET GLOBAL innodb_max_dirty_pages_pct = 0');
  for (let turns = 0; turns < 300; turns += 1) {
    const rows = await db.query<{ Value: string }>(
      "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'",
      {
        type: QueryTypes.SELECT,
      },
    );
    if (Number(rows[0]?.Value) < 10) break;
    await sleep(100);
  }
  await db.query('SET GLOBAL innodb_max_dirty_pages_pct = DEFAULT');
}

/** One pull of the case: as many changes back as `since` says. */
function pullOf({ filled, apis }: Size, { who, collection }: Case, since: number) {
  const person = filled[who];
  const api = apis.get(person);
  if (!api) throw new Error(`no session for ${person.username}`);
  return pullOnce(api, { collection, person: person.id, since: filled.head - since });
}

async function compare(sizes: readonly [Size, Size], each: Case): Promise<Figure[]> {
  const times = new Map<Size, number[]>(sizes.map((size) => [size, []]));
  const rows = await Promise.all(
    sizes.map(async (size) => (await pullOf(size, each, delta)).documents.length),
  );
  if (rows[0] !== rows[1]) throw new Error(`pulls of unlike length: ${rows.join(' and ')} rows`);
  let cpuBefore = 0;
  for (let i = -warmUps; i < tries; i += 1) {
    if (i === 0) cpuBefore = cpuMsOf(sizes[1].pid);
    for (const size of i % 2 === 0 ? sizes : sizes.toReversed()) {
      const ms = await timed(() => pullOf(size, each, delta));
      if (i >= 0) times.get(size)?.push(ms);
    }
  }
  const cpu = (cpuMsOf(sizes[1].pid) - cpuBefore) / tries;
  const [few = [], many = []] = [...times.values()];
  const name = `${each.who}, ${each.collection}`;
  const detail = `${rows[0]} rows back; medians ${median(few).toFixed(2)} and ${median(many).toFixed(2)} ms`;
  return [
    {
      name: `${name}: 1,000,000 against 10,000`,
      value: median(many) / median(few),
      unit: 'x',
      must: 1.1,
      better: 'lower',
      note: detail,
    },
    { name: `${name}: p95 at 1,000,000`, value: quantile(many, 0.95), unit: 'ms', must: 20, better: 'lower' },
    { name: `${name}: server's CPU a pull`, value: cpu, unit: 'ms', better: 'lower' },
  ];
}

const readTables = (collection: CollectionName) => [collection, 'removals'];

/** Rows read of the collection and of `removals`: what does not depend on the machine. */
async function count(sizes: readonly [Size, Size], each: Case): Promise<Figure[]> {
  const [few = 0, many = 0] = await inTurn(sizes, async (size) => {
    const read = await rowsRead(size.database.db, readTables(each.collection), async () => {
      for (let i = 0; i < countedPulls; i += 1) await pullOf(size, each, delta);
    });
    return read / countedPulls;
  });
  const name = `${each.who}, ${each.collection}: rows read a pull at 1,000,000`;
  return [{ name, value: many, unit: 'rows', must: few, better: 'lower', note: `at 10,000: ${few}` }];
}

/**
 * Rows read for one full batch where half of everything is still to come, as a new device pulls it: its own rows, as
 * many removals, and the one after each, but never the rows behind the batch.
 */
async function countBatch(size: Size, each: Case): Promise<Figure> {
  let rows = 0;
  const value = await rowsRead(size.database.db, readTables(each.collection), async () => {
    rows = (await pullOf(size, each, size.tickets)).documents.length;
  });
  const name = `${each.who}, ${each.collection}: rows read for a batch from the middle`;
  return { name, value, unit: 'rows', must: 2 * (batch + 1), better: 'lower', note: `${rows} rows back` };
}

/** All of an agent's tickets that changed meanwhile, in as many batches as that takes. */
async function afterAway(sizes: readonly [Size, Size]): Promise<Figure[]> {
  const figures = await inTurn(sizes, async (size) => {
    let rows = 0;
    const times: number[] = [];
    for (let i = 0; i < awayTries; i += 1) {
      rows = 0;
      times.push(
        await timed(async () => {
          for (let since = away; ;) {
            const { documents, checkpoint } = await pullOf(
              size,
              { who: 'helpdesk', collection: 'tickets' },
              since,
            );
            rows += documents.length;
            if (documents.length < batch) return;
            since = size.filled.head - checkpoint.seq;
          }
        }),
      );
    }
    const name = `helpdesk, away for ${away} changes, of ${size.tickets} tickets`;
    return { name, value: median(times), unit: 'ms', better: 'lower' as const, note: `${rows} rows back` };
  });
  return figures;
}

/** The plan of every query by which a pull reads documents, at the large size. */
async function plans([, size]: readonly [Size, Size], say: (text: string) => void): Promise<Figure> {
  let bad = 0;
  for (const each of cases) {
    say(`\n${each.who}, ${each.collection}:`);
    const found = await plansOf(size.database.db, readTables(each.collection), () =>
      pullOf(size, each, delta),
    );
    if (found.length === 0) throw new Error('the log of the database holds no query of a pull');
    for (const plan of found) {
      say(`${planText(plan)}${isWellPlanned(plan) ? '' : '\n    ^ not in the order of an index'}`);
      if (!isWellPlanned(plan)) bad += 1;
    }
  }
  return {
    name: 'queries not read in the order of an index with seq',
    value: bad,
    unit: '',
    must: 0,
    better: 'lower',
  };
}

async function inTurn<A, B>(values: readonly A[], work: (value: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (const value of values) results.push(await work(value));
  return results;
}
