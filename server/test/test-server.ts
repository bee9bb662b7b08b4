import type { BillingIdentity } from '#shared/billing/billing-identity.ts';
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventSource } from 'eventsource';
import { inject } from 'vitest';
import type { Documents, CollectionName } from '#shared/collections.ts';
import { createAppApi, type Api } from './api.ts';
import type { PullResponse } from '#sync/protocol.ts';
import { hashPassword } from '../people/password.ts';
import { createApp } from '../app.ts';
import { readConfig, type Config } from '../config.ts';
import { createLive, type Live } from '#sync/server/live.ts';
import { findIds } from '#sync/server/row.ts';
import { type Server, transact } from '../context.ts';
import { newOrder } from '#shared/orders/new-order.ts';
import { orders } from '#shared/orders/schema.ts';
import { type Role, allEmails, people } from '#shared/people/schema.ts';
import { services } from '#shared/services/schema.ts';
import { openServer } from '../open-server.ts';
import { copyDatabase } from './copy-database.ts';

/** The password of everyone created here. */
export const password = 'correct horse';
let hashedPassword: Promise<string> | null = null;

export const madrid: BillingIdentity = {
  kind: 'business',
  legalName: 'Librería Atalaya SL',
  street: 'Calle de la Palma 14',
  postcode: '28004',
  city: 'Madrid',
  country: 'ES',
  taxNumber: 'B12345674',
  vatNumber: '',
  vatVerified: null,
};

/** The terms in force, as a client accepts them. */
export const acceptedTerms = { language: 'en' as const, version: 1 };

export type TestDatabase = { server: Server; url: string; close: () => Promise<void> };

/** Opens a new schema on the run's MariaDB: migrated, with settings, public pages and the catalogue, but no people. */
export async function openTestDatabase(over: Partial<Config> = {}): Promise<TestDatabase> {
  const urlOf = (name: string) => inject('mariadb').replace('test_NAME', name);
  const url = urlOf(`test_${randomBytes(6).toString('hex')}`);
  await copyDatabase(urlOf('test_template'), url);
  const env = { DEMO: 'no', LOG_LEVEL: 'silent', DATA_DIR: mkdtempSync(join(tmpdir(), 'cstims-data-')) };
  const server = openServer({ ...readConfig(env), ...over }, url);
  return { server, url, close: () => server.db.close() };
}

/**
 * Lets the server's clock run 50 times as fast, for tests that send far more than a person does: what one caller may send
 * is counted by that clock.
 */
export function hurry(server: Server): void {
  const start = Date.now();
  server.now = () => start + (Date.now() - start) * 50;
}

/** Creates a verified person with the password above. */
export async function createPerson(
  server: Server,
  username: string,
  role: Role,
  over: Partial<Documents['people']> = {},
): Promise<Documents['people']> {
  hashedPassword ??= hashPassword(password);
  const passwordHash = await hashedPassword;
  const { result } = await transact(server, system(server), async (tx) => {
    const person = await tx.create(people, {
      id: server.newId(),
      username,
      displayName: username,
      email: `${username}@test.example`,
      role,
      status: 'verified',
      language: 'en',
      available: role !== 'client',
      preferences: allEmails,
      identity: role === 'client' ? madrid : null,
      taxTreatment: null,
      taxHold: null,
      ...over,
    });
    await server.models.credentials.create(
      { person: person.id, passwordHash, changedAt: tx.now, epoch: 0 },
      { transaction: tx.transaction },
    );
    return person;
  });
  return result;
}

/** Creates an active order for a service of the catalogue. */
export async function createOrder(
  server: Server,
  client: string,
  over: Partial<Documents['orders']> & { since: string; amount: number },
): Promise<Documents['orders']> {
  const { since, amount, ...rest } = over;
  const [service = ''] = await findIds(server, services, { where: { slug: 'vpn' } });
  const { result } = await transact(server, system(server), async (tx) =>
    tx.create(
      orders,
      newOrder({
        id: server.newId(),
        number: await tx.count('order'),
        service,
        client,
        instanceName: `instance ${randomBytes(3).toString('hex')}`,
        orderedOn: since,
        billingPeriod: 'month',
        alignment: 'anniversary',
        chargedAt: 'start',
        prices: [{ from: since, amount }],
        status: 'active',
        history: [{ on: since, status: 'active', reason: '', at: 0 }],
        anchor: since,
        terms: acceptedTerms,
        notes: 'only for staff',
        ...rest,
      }),
    ),
  );
  return result;
}

export function system(server: Server) {
  return { actor: null, device: 'test', writtenAt: server.now() };
}

export type TestApp = { url: string; http: HttpServer; live: Live; stop: () => Promise<void> };

/** Starts the real app on the loopback. Port 0 means any free port. */
export async function startApp(server: Server, port = 0): Promise<TestApp> {
  const live = createLive(server);
  const http = createServer(await createApp(server, live));
  await new Promise<void>((done) => http.listen(port, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    http,
    live,
    async stop() {
      await live.stop();
      http.closeAllConnections();
      await new Promise((done) => http.close(done));
    },
  };
}

export type SignedIn = {
  api: Api;
  cookieNow: () => string;
  me: { id: string; role: Role; name: string };
  epoch: number;
};

/**
 * Hooks around each request: `before` may throw (offline), `after` may delay an answer. `stream`: aborts the live stream that
 * is being opened.
 */
export type Net = { before?: () => void; after?: (url: string) => Promise<void>; stream?: () => AbortSignal };

/** Signs in over HTTP and keeps the cookie, as a browser does. */
export async function signIn(url: string, login: string, net: Net = {}, typed = password): Promise<SignedIn> {
  let cookie = '';
  const withCookie: typeof fetch = async (input, init) => {
    net.before?.();
    const headers = new Headers(init?.headers);
    if (cookie) headers.set('cookie', cookie);
    const response = await fetch(input, { ...init, headers });
    const set = response.headers.get('set-cookie');
    if (set) cookie = set.split(';')[0] ?? '';
    await net.after?.(response.url);
    return response;
  };
  class CookieEventSource extends EventSource {
    constructor(address: string | URL) {
      super(address, {
        fetch: (input, { signal, ...init }) => {
          const signals = [signal, net.stream?.()].filter((each) => each instanceof AbortSignal);
          return withCookie(input, { ...init, signal: AbortSignal.any(signals) });
        },
      });
    }
  }
  const api = createAppApi({
    url: `${url}/api/trpc`,
    fetch: withCookie,
    EventSource: CookieEventSource, // the same interface with other event types
  });
  const me = await api.account.signIn.mutate({ login, password: typed });
  return { api, cookieNow: () => cookie, me, epoch: me.epoch };
}

let lastWritten = Date.now() - 1_000;

/** Pushes rows as a replica does: each change has its own time. */
export function pushTo(api: Api, collection: CollectionName, rows: { base: Fields | null; next: Fields }[]) {
  const timed = rows.map(({ base, next }) => {
    const unchanged = base !== null && next['writtenAt'] === base['writtenAt'];
    return { base, next: unchanged ? { ...next, writtenAt: (lastWritten += 1) } : next };
  });
  return api.sync.push.mutate({ collection, epoch: 0, device: 'test', deviceNow: Date.now(), rows: timed });
}

/**
 * Pulls as a replica created under the current rights.
 *
 * @throws Error if the server asks the replica to reset
 */
export async function pullFrom(
  api: Api,
  collection: CollectionName,
  { since = 0, limit = 1_000, epoch = 0 }: { since?: number; limit?: number; epoch?: number } = {},
): Promise<PullResponse> {
  const answer = await api.sync.pull.query({ collection, epoch, since, limit });
  if ('reset' in answer) throw new Error('the rights of this replica are over');
  return answer;
}

type Fields = Record<string, unknown>;

/**
 * Waits until a condition holds. `ms` is the limit for a failing test, not a pause.
 *
 * @throws Error if it does not hold in time
 */
export async function until(what: () => Promise<boolean> | boolean, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await what())) {
    if (Date.now() > end) throw new Error(`not so within ${ms} ms: ${what.toString()}`);
    await new Promise((soon) => setTimeout(soon, 20));
  }
}
