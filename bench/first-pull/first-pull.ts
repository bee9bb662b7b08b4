import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, type Figure } from '../figure.ts';
import { startEmbedded } from '../../server/database/embedded.ts';
import { ensureBuilt } from './built-app.ts';
import { startInbox, type InboxServer } from './inbox-server.ts';
import { dexieRound, type DexieRound } from './dexie-round.ts';
import { withEndings, type Place } from './endings.ts';
import { preparePouch, type PouchYardstick } from './pouch-round.ts';
import { productRound, type ProductRound } from './product-round.ts';

const count = 10_000;
const largeCount = 100_000;
const rounds = 3;
const mebibyte = 2 ** 20;

/** One of each, one after the other: what else the machine does then falls on all of them. */
type Round = { product: ProductRound; plain: DexieRound; indexed: DexieRound; pouch: number | null };

type Measured = { rounds: Round[]; large: ProductRound; skipped: string | null };

/**
 * The first pull of a new device, through the real pages, against plain Dexie over the same pull and against PouchDB.
 * Ratios are the medians of the ratios of each round.
 */
export async function run(): Promise<Figure[]> {
  ensureBuilt();
  return withEndings(async (endings) => {
    const folder = mkdtempSync(join(tmpdir(), 'cstims-first-pull-'));
    endings.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
    return figuresOf(await measure({ folder, endings }));
  });
}

async function measure(place: Place): Promise<Measured> {
  const { folder, endings } = place;
  const embedded = await startEmbedded({ dir: join(folder, 'mariadb'), durable: false });
  endings.add(() => embedded.stop());
  const into = { ...place, mariadb: embedded.url };
  const desk = await startInbox(count, into);
  const { pouch, skipped } = await preparePouch(desk.tickets, place);
  await dexieRound(desk, place, 'none'); // the first of all warms server and disk and is not counted
  const measured: Round[] = [];
  for (let i = 0; i < rounds; i += 1) measured.push(await oneRound(desk, place, pouch));
  const large = await productRound(await startInbox(largeCount, into), place);
  return { rounds: measured, large, skipped };
}

async function oneRound(desk: InboxServer, place: Place, pouch: PouchYardstick | null): Promise<Round> {
  const product = await productRound(desk, place);
  const plain = await dexieRound(desk, place, 'none');
  const indexed = await dexieRound(desk, place, 'of the list');
  return { product, plain, indexed, pouch: pouch && (await pouch(place)) };
}

function figuresOf({ rounds: all, large, skipped }: Measured): Figure[] {
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
    ratio(
      'of PouchDB',
      skipped === null ? of(({ product, pouch }) => product.docsPerSecond / (pouch ?? NaN)) : NaN,
      { must: 1.5, goal: 2.5, note: skipped ?? 'from express-pouchdb' },
    ),
    perSecond(
      'plain Dexie',
      of(({ plain }) => plain.docsPerSecond),
    ),
    perSecond(
      'plain Dexie with the indexes of the list',
      of(({ indexed }) => indexed.docsPerSecond),
    ),
    perSecond('PouchDB', skipped === null ? of(({ pouch }) => pouch ?? NaN) : NaN, skipped ?? undefined),
    milliseconds(
      'newest tickets shown',
      ofProduct(({ shownMs }) => shownMs),
      {
        must: 1_000,
        goal: 200,
        note: shown,
      },
    ),
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
    milliseconds('newest tickets shown, 100,000', large.shownMs, { must: 1_000, goal: 200, note: shown }),
    perSecond('first pull, 100,000', large.docsPerSecond),
    milliseconds('longest task, 100,000', large.longestTaskMs),
    lower('tasks over 100 ms, 100,000', large.tasksOver100Ms),
    lower('heap after, 100,000', large.heapBytes / mebibyte, 'MiB'),
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
