import { setTimeout as sleep } from 'node:timers/promises';
import { QueryTypes } from 'sequelize';
import type { CollectionName } from '#shared/collections.ts';
import type { Api } from '../../server/test/api.ts';
import { type Figure, type Size, median, plain, quantile, timed } from '../figure.ts';
import type { Server } from '../../server/context.ts';
import { openSessions, type BenchPerson } from '../setting/people.ts';
import { startMariadb, type Mariadb } from '../setting/private-mariadb.ts';
import { besideServer, cpuMsOf, startServer } from '../setting/server-process.ts';
import { apiOf, pullOnce } from '../setting/wire-client.ts';
import { fill, type Amount, type Filled } from './fill.ts';
import { isWellPlanned, planText, plansOf } from './plans.ts';
import { rowsRead } from './rows-read.ts';

/**
 * Compares the cost of a delta pull with 10,000 tickets and with 1,000,000. The same rows come back, so the
 * same time is expected. Both are schemas of one durable MariaDB (with its 128 MB of memory, as embedded),
 * with a real server each. Tries alternate, so that other load on the machine affects both.
 */
const sizes = {
  full: {
    small: 10_000,
    large: 1_000_000,
    ticketsOfClient: 1_000,
    // Each server process compiles its own code, so pulls are measured after a warm-up.
    firstPulls: 500,
    warmUps: 50,
    tries: 200,
    countedPulls: 20,
    // The number of changes since a device was last in use: one in use a moment ago, and one that was away.
    delta: 20,
    away: 5_000,
    awayTries: 10,
  },
  tiny: {
    small: 100,
    large: 300,
    ticketsOfClient: 10,
    firstPulls: 0,
    warmUps: 0,
    tries: 2,
    countedPulls: 1,
    delta: 20,
    away: 100,
    awayTries: 1,
  },
};
type Sizes = (typeof sizes)[Size];
/** The batch size of the product's replicas. */
const batch = 1_000;

type Place = { tickets: number; pid: number; database: Server; filled: Filled; apis: Map<BenchPerson, Api> };
/** The place with few tickets and the place with many. */
type Places = readonly [Place, Place];

type Case = { who: 'client' | 'helpdesk' | 'admin'; collection: CollectionName };

const cases: readonly Case[] = (['client', 'helpdesk', 'admin'] as const).flatMap((who) => [
  { who, collection: 'tickets' as const },
  { who, collection: 'messages' as const },
]);

function caseOf(turn: number): Case {
  return cases[turn % cases.length] ?? { who: 'client', collection: 'tickets' };
}

export async function run(size: Size, log: (text: string) => void): Promise<Figure[]> {
  const config = sizes[size];
  const mariadb = await startMariadb(true);
  const opened: Place[] = [];
  for (const tickets of [config.small, config.large]) {
    opened.push(await open(mariadb, { tickets, ticketsOfClient: config.ticketsOfClient }, log));
  }
  const [few, many] = opened;
  if (!few || !many) throw new Error('nothing was opened');
  const places = [few, many] as const;
  await settle(many);
  for (const place of places) {
    for (let i = 0; i < config.firstPulls; i += 1) await pullOf(place, caseOf(i), config.delta);
  }
  const figures: Figure[] = [];
  for (const each of cases) figures.push(...(await compare(places, each, config)));
  for (const each of cases) figures.push(...(await count(places, each, config)));
  for (const each of cases) figures.push(await countBatch(many, each));
  figures.push(...(await afterAway(places, config)));
  figures.push(await plans(many, config, log));
  return figures;
}

async function open(mariadb: Mariadb, amount: Amount, log: (text: string) => void): Promise<Place> {
  const { tickets, ticketsOfClient } = amount;
  const url = mariadb.url(`tickets_${tickets}`);
  const process = await startServer(url);
  const database = besideServer(url);
  let filled: Filled | undefined;
  const ms = await timed(async () => (filled = await fill(database, amount)));
  if (!filled) throw new Error('nothing was filled');
  const clients = tickets / ticketsOfClient;
  log(`${tickets} tickets with a message each, ${clients} clients: filled in ${(ms / 1_000).toFixed(1)} s`);
  const people = [filled.client, filled.helpdesk, filled.admin];
  const cookies = await openSessions(database, people);
  const apis = new Map(people.map((person) => [person, apiOf(process.url, cookies.get(person.id) ?? '')]));
  return { tickets, pid: process.pid, database, filled, apis };
}

/** Waits until the database has flushed the filled rows, so that no pull waits for that. */
async function settle({ database: { db } }: Place): Promise<void> {
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

/** One pull of the case, starting `since` changes before the head. */
function pullOf({ filled, apis }: Place, { who, collection }: Case, since: number) {
  const person = filled[who];
  const api = apis.get(person);
  if (!api) throw new Error(`no session for ${person.username}`);
  return pullOnce(api, { collection, person: person.id, since: filled.head - since });
}

async function compare(places: Places, each: Case, config: Sizes): Promise<Figure[]> {
  const { warmUps, tries, delta } = config;
  const [, large] = places;
  const times = new Map<Place, number[]>(places.map((place) => [place, []]));
  const rows = await Promise.all(
    places.map(async (place) => (await pullOf(place, each, delta)).documents.length),
  );
  if (rows[0] !== rows[1]) throw new Error(`pulls of unlike length: ${rows.join(' and ')} rows`);
  let cpuBefore = 0;
  for (let i = -warmUps; i < tries; i += 1) {
    if (i === 0) cpuBefore = cpuMsOf(large.pid);
    for (const place of i % 2 === 0 ? places : places.toReversed()) {
      const ms = await timed(() => pullOf(place, each, delta));
      if (i >= 0) times.get(place)?.push(ms);
    }
  }
  const cpu = (cpuMsOf(large.pid) - cpuBefore) / tries;
  const [few = [], many = []] = [...times.values()];
  const name = `${each.who}, ${each.collection}`;
  const detail = `${rows[0]} rows back; medians ${median(few).toFixed(2)} and ${median(many).toFixed(2)} ms`;
  return [
    {
      name: `${name}: ${plain(config.large)} against ${plain(config.small)}`,
      value: median(many) / median(few),
      unit: 'x',
      must: 1.1,
      better: 'lower',
      note: detail,
    },
    {
      name: `${name}: p95 at ${plain(config.large)}`,
      value: quantile(many, 0.95),
      unit: 'ms',
      must: 20,
      better: 'lower',
    },
    { name: `${name}: server's CPU a pull`, value: cpu, unit: 'ms', better: 'lower' },
  ];
}

const readTables = (collection: CollectionName) => [collection, 'removals'];

/** Counts the rows read of the collection and of `removals`. This count does not depend on the machine. */
async function count(places: Places, each: Case, config: Sizes): Promise<Figure[]> {
  const { countedPulls, delta } = config;
  const [few = 0, many = 0] = await sequentially(places, async (place) => {
    const read = await rowsRead(place.database.db, readTables(each.collection), async () => {
      for (let i = 0; i < countedPulls; i += 1) await pullOf(place, each, delta);
    });
    return read / countedPulls;
  });
  const name = `${each.who}, ${each.collection}: rows read a pull at ${plain(config.large)}`;
  const note = `at ${plain(config.small)}: ${few}`;
  return [{ name, value: many, unit: 'rows', must: few, better: 'lower', note }];
}

/**
 * Counts the rows read for one full batch from the middle, as a new device pulls it: its own rows, as many
 * removals, and one more row of each, but never the rows behind the batch.
 */
async function countBatch(place: Place, each: Case): Promise<Figure> {
  let rows = 0;
  const value = await rowsRead(place.database.db, readTables(each.collection), async () => {
    rows = (await pullOf(place, each, place.tickets)).documents.length;
  });
  const name = `${each.who}, ${each.collection}: rows read for a batch from the middle`;
  return { name, value, unit: 'rows', must: 2 * (batch + 1), better: 'lower', note: `${rows} rows back` };
}

/** Pulls all of an agent's tickets that changed meanwhile, in as many batches as needed. */
async function afterAway(places: Places, { away, awayTries }: Sizes): Promise<Figure[]> {
  const figures = await sequentially(places, async (place) => {
    let rows = 0;
    const times: number[] = [];
    for (let i = 0; i < awayTries; i += 1) {
      rows = 0;
      times.push(
        await timed(async () => {
          for (let since = away; ;) {
            const { documents, checkpoint } = await pullOf(
              place,
              { who: 'helpdesk', collection: 'tickets' },
              since,
            );
            rows += documents.length;
            if (documents.length < batch) return;
            since = place.filled.head - checkpoint.seq;
          }
        }),
      );
    }
    const name = `helpdesk, away for ${away} changes, of ${place.tickets} tickets`;
    return { name, value: median(times), unit: 'ms', better: 'lower' as const, note: `${rows} rows back` };
  });
  return figures;
}

/** Checks the plan of every query that a pull uses to read documents, at the large size. */
async function plans(place: Place, { delta }: Sizes, log: (text: string) => void): Promise<Figure> {
  let bad = 0;
  for (const each of cases) {
    log(`\n${each.who}, ${each.collection}:`);
    const found = await plansOf(place.database.db, readTables(each.collection), () =>
      pullOf(place, each, delta),
    );
    if (found.length === 0) throw new Error('the log of the database holds no query of a pull');
    for (const plan of found) {
      log(`${planText(plan)}${isWellPlanned(plan) ? '' : '\n    ^ not in the order of an index'}`);
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

async function sequentially<A, B>(values: readonly A[], work: (value: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (const value of values) results.push(await work(value));
  return results;
}
