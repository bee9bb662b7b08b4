import { afterAll, beforeAll, expect, test } from 'vitest';
import { mayCall, procedures } from '#shared/procedures.ts';
import { appRouter } from '../api/app-router.ts';
import { createApp } from '../app.ts';
import { callerOf, codeIn, signInWith, type Caller } from './account-caller.ts';
import { createPerson, openTestDatabase, startApp, type TestApp, type TestDatabase } from './test-server.ts';
import { roles } from '#shared/people/schema.ts';

/*
 * The whole surface of the server, generated from the router: each procedure by everybody who could call it, and each
 * HTTP route. What is not listed fails here.
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

test('every procedure of the router is in the table of procedures, and nothing else is', () => {
  expect(all.map(([path]) => path).sort()).toEqual(Object.keys(procedures).sort());
});

/** Inputs with which nothing happens even where they are let in: no such field. */
const nonsense = { 'no-such-field': true };

test.each(all)('%s answers exactly those whom the table names', async (path, { _def: { type } }) => {
  for (const [who, caller, role] of callers) {
    // The calls that would end the callers' own sessions, or stay open, are made by somebody of their own below.
    if (path === 'account.signOut' || type === 'subscription') continue;
    calls += 1;
    const answer = type === 'query' ? await caller.get(path, nonsense) : await caller.post(path, nonsense);
    const actor = role && { id: '', role, name: '' };
    const code = answer.ok ? null : await codeIn(answer);
    const letIn = code !== 'signed-out' && code !== 'not-allowed' && code !== 'account-disabled';
    expect(letIn, `${who}: ${code ?? 'ok'}`).toBe(mayCall(actor, path));
  }
});

test('the live stream is refused to whom the table does not name', async () => {
  for (const [who, caller, role] of callers) {
    calls += 1;
    const stop = new AbortController();
    const answer = await fetch(`${app.url}/api/trpc/sync.pokes`, {
      headers: { cookie: caller.cookie() },
      signal: stop.signal,
    });
    // A stream has begun before anybody could say no: the no is its first and only event.
    let said = '';
    for await (const chunk of answer.body ?? []) {
      said += new TextDecoder().decode(chunk);
      if (role || said.includes('errorCode')) break;
    }
    expect(said.includes('errorCode'), who).toBe(role === null);
    if (!role) expect(said, who).toContain('signed-out');
    stop.abort();
  }
});

test('signing out is for everybody, and ends only the own session', async () => {
  const one = await signInWith(app.url, 'client');
  const two = await signInWith(app.url, 'client');
  calls += 2;
  expect((await one.post('account.signOut')).status).toBe(200);
  expect((await one.get('account.sessions')).status).toBe(401);
  expect((await two.get('account.sessions')).status).toBe(200);
});

/** Every route and layer of the server, in order; `who` is what a stranger gets. */
const routes = [
  ...['get /health', 'get /ready', 'get /logo.png'],
  'get /packages/:from/:to',
  ...['get /files/:hash', 'get /files/:id/chunks', 'put /files/:id/:n'],
];

test('the server has no HTTP route beside the ones listed here', async () => {
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

test('what each route tells: health and readiness to everybody, files to nobody who is not signed in', async () => {
  const status = async (path: string, cookie = '') =>
    (await fetch(`${app.url}${path}`, { headers: { cookie } })).status;
  expect(await status('/health')).toBe(200);
  expect(await status('/ready')).toBe(200);
  expect(await status('/logo.png')).toBe(404);
  const file = `/files/${'a'.repeat(64)}`;
  for (const [who, caller, role] of callers) {
    calls += 1;
    expect(await status(file, caller.cookie()), who).toBe(role ? 404 : 401);
    const books = role === 'accountant' || role === 'admin';
    const mayFetch = role === null ? 401 : books ? 200 : 403;
    expect(await status('/packages/2026-01-01/2026-01-31', caller.cookie()), who).toBe(mayFetch);
    const id = database.server.newId();
    expect(await status(`/files/${id}/chunks`, caller.cookie()), who).toBe(role ? 404 : 401);
    const sent = await fetch(`${app.url}/files/${id}/0`, {
      method: 'PUT',
      headers: { cookie: caller.cookie(), 'content-type': 'application/octet-stream' },
      body: 'x',
    });
    expect(sent.status, who).toBe(role ? 404 : 401);
  }
  expect(await status('/api/no-such-thing')).toBe(404);
  expect(await status('/.git/config')).toBe(404);
});

test('there is no mailbox in production', async () => {
  const config = { ...database.server.config, production: true };
  const production = await startApp({ ...database.server, config });
  expect((await fetch(`${production.url}/dev/mailbox/emails.json`)).status).toBe(404);
  expect((await fetch(`${app.url}/dev/mailbox/emails.json`)).status).toBe(200);
  await production.stop();
});
