import { afterAll, beforeAll, expect, test } from 'vitest';
import { mayCall, procedures } from '#shared/procedures.ts';
import { appRouter } from '../api/app-router.ts';
import { createApp } from '../app.ts';
import { callerOf, codeIn, signInWith, type Caller } from './account-caller.ts';
import { createPerson, openTestDatabase, startApp, type TestApp, type TestDatabase } from './test-server.ts';
import { roles } from '#shared/people/schema.ts';

/*
 * The whole surface of the server, generated from the router: each procedure, called by every kind of caller,
 * and each HTTP route. Anything that is not listed fails here.
 */

let database: TestDatabase;
let app: TestApp;
const callers: [who: string, caller: Caller, role: (typeof roles)[number] | null][] = [];
let calls = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  app = await startApp(database.server);
  callers.push(['nobody', callerOf(app.url), null]);
  for (const role of roles) {
    await createPerson(database.server, role, role);
    callers.push([role, await signInWith(app.url, role), role]);
  }
  for (const status of ['unverified', 'disabled'] as const) {
    const { id } = await createPerson(database.server, status, 'admin');
    callers.push([status, await signInWith(app.url, status), null]);
    await database.server.models.people.update({ status }, { where: { id } });
  }
});
afterAll(async () => {
  console.log(`surface: ${calls} calls of ${Object.keys(procedures).length} procedures`);
  await app.stop();
  await database.close();
});

type Procedure = { _def: { type: 'query' | 'mutation' | 'subscription' } };
const all = Object.entries(
  (appRouter as unknown as { _def: { procedures: Record<string, Procedure> } })._def.procedures,
);

test('the table of procedures lists exactly the procedures of the router', () => {
  expect(all.map(([path]) => path).sort()).toEqual(Object.keys(procedures).sort());
});

/** An input that changes nothing even if the call is allowed, because there is no such field. */
const nonsense = { 'no-such-field': true };

test.each(all)(
  '%s is allowed exactly for the callers that the table of procedures names',
  async (path, { _def: { type } }) => {
    for (const [who, caller, role] of callers) {
      // Calls that end the caller's session or stay open have their own tests below.
      if (path === 'account.signOut' || type === 'subscription') continue;
      calls += 1;
      const answer = type === 'query' ? await caller.get(path, nonsense) : await caller.post(path, nonsense);
      const actor = role && { id: '', role, name: '' };
      const code = answer.ok ? null : await codeIn(answer);
      const isAllowed = code !== 'signed-out' && code !== 'not-allowed' && code !== 'account-disabled';
      expect(isAllowed, `${who}: ${code ?? 'ok'}`).toBe(mayCall(actor, path));
    }
  },
);

test('the live stream is refused to callers without a role', async () => {
  for (const [who, caller, role] of callers) {
    calls += 1;
    const stop = new AbortController();
    const answer = await fetch(`${app.url}/api/trpc/sync.pokes`, {
      headers: { cookie: caller.cookie() },
      signal: stop.signal,
    });
    // A refusal is the first and only event of the stream, because the stream is already open by then.
    let received = '';
    for await (const chunk of answer.body ?? []) {
      received += new TextDecoder().decode(chunk);
      if (role || received.includes('errorCode')) break;
    }
    expect(received.includes('errorCode'), who).toBe(role === null);
    if (!role) expect(received, who).toContain('signed-out');
    stop.abort();
  }
});

test('signing out ends only the session that calls it', async () => {
  const first = await signInWith(app.url, 'client');
  const second = await signInWith(app.url, 'client');
  calls += 2;
  expect((await first.post('account.signOut')).status).toBe(200);
  expect((await first.get('account.sessions')).status).toBe(401);
  expect((await second.get('account.sessions')).status).toBe(200);
});

/** Every HTTP route of the server, in order. */
const routes = [
  ...['get /health', 'get /ready', 'get /logo.png'],
  'get /packages/:from/:to',
  ...['get /files/:hash', 'get /files/:id/chunks', 'put /files/:id/:n'],
  'get /mail/:id/:part',
  // What everybody may see: the provider's name, its services and prices.
  ...['get /manifest.webmanifest', 'get /,/welcome'],
];

test('the server has no HTTP routes other than those listed here', async () => {
  const express = await createApp(database.server, app.live);
  const { stack } = (
    express as unknown as { router: { stack: { route?: { path: string; methods: object } }[] } }
  ).router;
  const found = stack.flatMap(({ route }) => (route ? [route] : []));
  const named = found.flatMap(({ path, methods }) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect([...new Set(named)]).toEqual(routes);
});

test('health and readiness are public, and files require signing in', async () => {
  const status = async (path: string, cookie = '') =>
    (await fetch(`${app.url}${path}`, { headers: { cookie } })).status;
  expect(await status('/health')).toBe(200);
  expect(await status('/ready')).toBe(200);
  expect(await status('/logo.png')).toBe(404);
  const file = `/files/${'a'.repeat(64)}`;
  for (const [who, caller, role] of callers) {
    calls += 1;
    expect(await status(file, caller.cookie()), who).toBe(role ? 404 : 401);
    const keepsBooks = role === 'accountant' || role === 'admin';
    const mayFetch = role === null ? 401 : keepsBooks ? 200 : 403;
    expect(await status('/packages/2026-01-01/2026-01-31', caller.cookie()), who).toBe(mayFetch);
    const id = database.server.newId();
    expect(await status(`/files/${id}/chunks`, caller.cookie()), who).toBe(role ? 404 : 401);
    const upload = await fetch(`${app.url}/files/${id}/0`, {
      method: 'PUT',
      headers: { cookie: caller.cookie(), 'content-type': 'application/octet-stream' },
      body: 'x',
    });
    expect(upload.status, who).toBe(role ? 404 : 401);
  }
  expect(await status('/api/no-such-thing')).toBe(404);
  expect(await status('/.git/config')).toBe(404);
});

test('production has no mailbox page', async () => {
  const config = { ...database.server.config, production: true };
  const production = await startApp({ ...database.server, config });
  expect((await fetch(`${production.url}/dev/mailbox/emails.json`)).status).toBe(404);
  expect((await fetch(`${app.url}/dev/mailbox/emails.json`)).status).toBe(200);
  await production.stop();
});
