import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, plain, type Figure, type Size } from '../figure.ts';
import { startEmbedded } from '../../server/database/embedded.ts';
import { ensureBuilt } from '../setting/built-app.ts';
import { startInbox, type InboxServer } from '../inbox/inbox-server.ts';
import { dexieRound, type DexieRound } from './dexie-round.ts';
import { withCleanup, type BenchPlace } from '../inbox/endings.ts';
import { preparePouch, type PouchYardstick } from './pouch-round.ts';
import { productRound, type ProductRound } from './product-round.ts';
import { vueRound } from './vue-round.ts';

const sizes = {
  full: { tickets: 10_000, many: 100_000, warmUps: 1, rounds: 3, pouch: true },
  tiny: { tickets: 300, many: 300, warmUps: 0, rounds: 1, pouch: false },
};
type Sizes = (typeof sizes)[Size];
const mebibyte = 2 ** 20;

/** One measurement of each kind, one after the other, so that other load on the machine affects all of them. */
type Round = {
  product: ProductRound;
  /** Milliseconds until a page shows the newest tickets that does nothing else. */
  leastMs: number;
  plain: DexieRound;
  indexed: DexieRound;
  pouch: number | null;
};

type Measured = { rounds: Round[]; large: ProductRound; skipped: string | undefined };

/**
 * Measures the first pull of a new device through the real pages, against plain Dexie over the same pull and
 * against PouchDB. Ratios are the medians of the ratios of the rounds.
 */
export async function run(size: Size): Promise<Figure[]> {
  ensureBuilt(size);
  return withCleanup(async (cleanup) => {
    const folder = mkdtempSync(join(tmpdir(), 'cstims-first-pull-'));
    cleanup.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
    return figuresOf(await measure({ folder, cleanup }, sizes[size]), sizes[size]);
  });
}

/** PouchDB must be installed first, so the tiny form skips it. */
const leftOut = { pouch: null, skipped: 'PouchDB is left out in the tiny form' };

async function measure(place: BenchPlace, sizes: Sizes): Promise<Measured> {
  const { folder, cleanup } = place;
  const embedded = await startEmbedded({
    dir: join(folder, 'mariadb'),
    durable: false,
    searchPath: process.env['PATH'] ?? '',
  });
  cleanup.add(() => embedded.stop());
  const into = { ...place, mariadb: embedded.url };
  const inbox = await startInbox(sizes.tickets, into);
  const { pouch, skipped } = sizes.pouch ? await preparePouch(inbox.tickets, place) : leftOut;
  // The warm-up rounds warm the server and the disk and are not counted.
  for (let i = 0; i < sizes.warmUps; i += 1) await dexieRound(inbox, place, 'none');
  const measured: Round[] = [];
  for (let i = 0; i < sizes.rounds; i += 1) measured.push(await oneRound(inbox, place, pouch));
  const larger = sizes.many === sizes.tickets ? inbox : await startInbox(sizes.many, into);
  const large = await productRound(larger, place);
  return { rounds: measured, large, skipped };
}

async function oneRound(inbox: InboxServer, place: BenchPlace, pouch: PouchYardstick | null): Promise<Round> {
  const product = await productRound(inbox, place);
  const leastMs = await vueRound(inbox, place);
  const plain = await dexieRound(inbox, place, 'none');
  const indexed = await dexieRound(inbox, place, 'of the list');
  return { product, leastMs, plain, indexed, pouch: pouch && (await pouch(place)) };
}

function figuresOf({ rounds: all, large, skipped }: Measured, { many, tickets }: Sizes): Figure[] {
  const at = plain(many);
  const products = all.map(({ product }) => product);
  const of = (value: (round: Round) => number) => median(all.map(value));
  const ofProduct = (value: (round: ProductRound) => number) => median(products.map(value));
  const shown = `from the answered sign-in until the ${products[0]?.rows ?? 0} newest open fill the list`;
  const spread = products.map(({ docsPerSecond }) => Math.round(docsPerSecond)).join(', ');
  return [
    perSecond(
      'first pull',
      ofProduct(({ docsPerSecond }) => docsPerSecond),
      `rounds: ${spread}`,
    ),
    ratio(
      'of plain Dexie',
      of(({ product, plain }) => product.docsPerSecond / plain.docsPerSecond),
      {
        must: 0.5,
        goal: 0.8,
        note: 'bulkPut 500, primary key only',
      },
    ),
    ratio(
      'of plain Dexie with the indexes of the list',
      of(({ product, indexed }) => product.docsPerSecond / indexed.docsPerSecond),
      { note: 'bulkPut 500, indexes recent and [status+recent]' },
    ),
    {
      ...ratio(
        'of PouchDB',
        of(({ product, pouch }) => product.docsPerSecond / (pouch ?? NaN)),
        { must: 1.5, goal: 2.5, note: 'from express-pouchdb' },
      ),
      skipped,
    },
    perSecond(
      'plain Dexie',
      of(({ plain }) => plain.docsPerSecond),
    ),
    perSecond(
      'plain Dexie with the indexes of the list',
      of(({ indexed }) => indexed.docsPerSecond),
    ),
    {
      ...perSecond(
        'PouchDB',
        of(({ pouch }) => pouch ?? NaN),
      ),
      skipped,
    },
    milliseconds(
      'newest tickets shown',
      ofProduct(({ shownMs }) => shownMs),
      { note: shown },
    ),
    milliseconds(
      'a page that fetches and renders the same, and nothing else',
      of(({ leastMs }) => leastMs),
    ),
    {
      name: 'newest tickets shown against that page',
      value: of(({ product, leastMs }) => product.shownMs / leastMs),
      unit: 'x',
      better: 'lower',
      must: 2,
      goal: 1.5,
    },
    longestTask(
      'longest task',
      ofProduct(({ longestTaskMs }) => longestTaskMs),
    ),
    {
      ...lower(
        'tasks over 100 ms',
        ofProduct(({ tasksOver100Ms }) => tasksOver100Ms),
      ),
      must: 0,
    },
    milliseconds(
      'longest task of plain Dexie',
      of(({ plain }) => plain.longestTaskMs),
    ),
    lower(
      'heap after',
      ofProduct(({ heapBytes }) => heapBytes / mebibyte),
      'MiB',
    ),
    lower(
      'IndexedDB on disk',
      ofProduct(({ diskBytes }) => diskBytes / mebibyte),
      'MiB',
    ),
    lower(
      'requests of the sync',
      ofProduct(({ syncRequests }) => syncRequests),
    ),
    lower(
      'answers of the sync',
      ofProduct(({ syncBytes }) => syncBytes / mebibyte),
      'MiB',
    ),
    milliseconds(`newest tickets shown, ${at}`, large.shownMs),
    {
      name: `newest tickets shown, ${at} against ${plain(tickets)}`,
      value: large.shownMs / ofProduct(({ shownMs }) => shownMs),
      unit: 'x',
      better: 'lower',
      goal: 1.15,
    },
    perSecond(`first pull, ${at}`, large.docsPerSecond),
    milliseconds(`longest task, ${at}`, large.longestTaskMs),
    lower(`tasks over 100 ms, ${at}`, large.tasksOver100Ms),
    lower(`heap after, ${at}`, large.heapBytes / mebibyte, 'MiB'),
  ];
}

function perSecond(name: string, value: number, note?: string): Figure {
  return { name, value, unit: 'docs/s', better: 'higher', note };
}

function ratio(name: string, value: number, rest: Pick<Figure, 'must' | 'goal' | 'note'>): Figure {
  return { name, value, unit: 'x', better: 'higher', ...rest };
}

function milliseconds(
  name: string,
  value: number,
  rest: Pick<Figure, 'must' | 'goal' | 'note'> = {},
): Figure {
  return { name, value, unit: 'ms', better: 'lower', ...rest };
}

function longestTask(name: string, value: number): Figure {
  return milliseconds(name, value, { must: 100, note: '0: none over 50 ms, the least that is reported' });
}

function lower(name: string, value: number, unit = ''): Figure {
  return { name, value, unit, better: 'lower' };
}
