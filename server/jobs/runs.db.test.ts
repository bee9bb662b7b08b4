import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBooks, type Books } from '../test/books.ts';
import { addDays } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { createOrder, createPerson, pullFrom, signIn } from '../test/test-server.ts';
import { LeaseLost, takeLease } from './lease.ts';
import { isAsked, keepRun, tidyRuns } from './runs.ts';
import { billOn } from '../test/bill-on.ts';

/* The billing run for the people who supervise it: its preview, its history, held orders, and the lease of the job. */

let books: Books;
let database: Books['database'];
let app: Books['app'];
let ines: Books['ines'];
let client: string;
const dayBefore = (days: number) => addDays(dayOf(Date.now(), 'Europe/Madrid'), -days);

beforeEach(async () => {
  books = await openBooks();
  ({ database, app, ines, client } = books);
});
afterEach(() => books.close());

test('the preview of the next run shows what it would issue, to whom and why, and changes nothing', async () => {
  await createOrder(database.server, client, {
    since: '2026-01-15',
    amount: 500,
    alignment: 'calendar',
    instanceName: 'web',
  });
  const next = await ines.api.billing.nextRun.query({ day: '2026-02-01' });
  expect(next).toMatchObject({ net: 774, held: [], lastMonth: 0, thisMonth: 0 });
  expect(next.clients).toMatchObject([
    {
      client,
      name: 'Librería Atalaya SL',
      net: 774,
      waits: false,
      charges: [
        {
          text: 'web',
          from: '2026-01-15',
          to: '2026-02-01',
          amount: 274,
          why: { price: 500, days: 17, of: 31 },
        },
        {
          text: 'web',
          from: '2026-02-01',
          to: '2026-03-01',
          amount: 500,
          why: { price: 500, days: 28, of: 28 },
        },
      ],
    },
  ]);
  expect(await database.server.models.invoices.count()).toBe(0);
  await billOn(database.server, '2026-02-01');
  expect(await ines.api.billing.nextRun.query({ day: '2026-02-01' })).toMatchObject({
    clients: [],
    thisMonth: 774,
  });
});

test('an accountant or an admin releases a held order, completely or from a day on; others cannot be released', async () => {
  const { server } = database;
  const since = dayBefore(40);
  const day = dayBefore(0);
  // Two orders that have been active for years and were never billed are held as a probable mistake.
  const years = { since: dayBefore(1_300), amount: 100 };
  const all = await createOrder(server, client, { ...years, instanceName: 'all' });
  const some = await createOrder(server, client, { ...years, instanceName: 'some' });
  const good = await createOrder(server, client, { since, amount: 100, instanceName: 'good' });
  const { held } = await ines.api.billing.nextRun.query({ day });
  expect(held.map(({ text }) => text).sort()).toEqual(['all', 'some']);
  await billOn(server, day);
  await expect(ines.api.billing.release.mutate({ order: good.id, from: null })).rejects.toThrow('not-held');
  await ines.api.billing.release.mutate({ order: all.id, from: null });
  await createPerson(server, 'arturo', 'admin');
  const arturo = await signIn(app.url, 'arturo');
  await arturo.api.billing.release.mutate({ order: some.id, from: dayBefore(10) });
  const next = await ines.api.billing.nextRun.query({ day });
  const charges = next.clients.flatMap((each) => each.charges);
  expect(next.held).toEqual([]);
  expect(charges.filter(({ text }) => text === 'all').length).toBeGreaterThan(36);
  expect(charges.filter(({ text, from }) => text === 'some' && from < dayBefore(10))).toEqual([]);
  await billOn(server, day);
  expect(await ines.api.billing.nextRun.query({ day })).toMatchObject({ clients: [], held: [] });
  const { documents } = await pullFrom(ines.api, 'orders');
  expect(documents.find(({ id }) => id === some.id)).toMatchObject({ billFrom: dayBefore(10) });
});

test('clients and helpdesk can neither see nor request a billing run', async () => {
  await createPerson(database.server, 'ana', 'helpdesk');
  for (const name of ['lucia', 'ana']) {
    const { api } = await signIn(app.url, name);
    await expect(api.billing.nextRun.query({ day: '2026-02-01' })).rejects.toThrow('not-allowed');
    await expect(api.billing.runNow.mutate()).rejects.toThrow('not-allowed');
    await expect(api.billing.runs.query()).rejects.toThrow('not-allowed');
  }
});

test('a requested run is queued once, starts once and shows its result; a failed run shows its error', async () => {
  const { server } = database;
  await ines.api.billing.runNow.mutate();
  await ines.api.billing.runNow.mutate();
  expect(await isAsked(server, 'make-invoices')).toBe(true);
  const [requested, ...others] = (await ines.api.billing.runs.query()).runs;
  expect(requested).toMatchObject({ state: 'asked', askedBy: 'ines' });
  expect(others).toEqual([]);
  await keepRun(server, 'make-invoices', async (progress) => {
    await progress({ done: 3, total: 7 });
    const [running] = (await ines.api.billing.runs.query()).runs;
    expect(running).toMatchObject({ id: requested?.id, state: 'running', progress: { done: 3, total: 7 } });
    return { invoices: 2 };
  });
  expect(await isAsked(server, 'make-invoices')).toBe(false);
  const failing = keepRun(server, 'make-invoices', () => Promise.reject(new Error('the disk is full')));
  await expect(failing).rejects.toThrow('the disk is full');
  const { runs } = await ines.api.billing.runs.query();
  expect(runs.map(({ state, error, result }) => [state, error, result])).toEqual([
    ['failed', 'the disk is full', null],
    ['done', null, { invoices: 2 }],
  ]);
});

test('only the newest 200 runs are kept', async () => {
  const { server } = database;
  for (let i = 0; i < 203; i += 1) await keepRun(server, 'make-invoices', () => Promise.resolve({ i }));
  await tidyRuns(server);
  expect(await server.models.runs.count()).toBe(200);
});

test('one of several servers holds the lease of a job, and the next one gets it after its release', async () => {
  const { server } = database;
  const first = await takeLease(server, 'make-invoices', 600);
  expect(await takeLease(server, 'make-invoices', 600)).toBeNull();
  expect(await takeLease(server, 'another job', 600)).not.toBeNull();
  await new Promise((soon) => setTimeout(soon, 1_200));
  expect(await takeLease(server, 'make-invoices', 600), 'renewed meanwhile').toBeNull();
  await first?.release();
  const second = await takeLease(server, 'make-invoices', 600);
  expect(second).not.toBeNull();
  await second?.release();
});

test('a run that was paused until another server took its lease issues nothing', async () => {
  const { server } = database;
  await createOrder(server, client, { since: '2026-03-01', amount: 100 });
  const slow = await takeLease(server, 'make-invoices');
  if (!slow) throw new Error('it was free');
  // As if the lease had expired while its holder was paused.
  await server.models.leases.update({ heldUntil: 0 }, { where: { name: 'make-invoices' } });
  const quick = await takeLease(server, 'make-invoices');
  if (!quick) throw new Error('its time was over');
  await expect(billOn(server, '2026-03-01', { lease: slow })).rejects.toThrow(LeaseLost);
  expect(await server.models.invoices.count()).toBe(0);
  expect((await billOn(server, '2026-03-01', { lease: quick })).invoices).toHaveLength(1);
  await slow.release();
  await quick.release();
});
