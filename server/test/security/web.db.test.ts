import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { appRouter } from '../../api/app-router.ts';
import { callerOf, signInWith } from '../account-caller.ts';
import { createPerson, openTestDatabase, startApp, type TestApp, type TestDatabase } from '../test-server.ts';

/*
 * Headers for browsers and trust in proxies (OWASP ASVS 5.0, chapters 3, 4, 13). Each test fails without its
 * defence.
 */

let database: TestDatabase;
let app: TestApp;
let https: TestApp;
beforeAll(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'ana', 'helpdesk');
  app = await startApp(database.server);
  const config = { ...database.server.config, publicUrl: 'https://cstims.example', trustProxy: 1 };
  https = await startApp({ ...database.server, config });
});
afterEach(() => database.server.models.throttles.destroy({ where: {} }));
afterAll(async () => {
  await https.stop();
  await app.stop();
  await database.close();
});

const pages = [
  '/',
  '/sign-in',
  '/health',
  '/logo.png',
  '/no/such/page.js',
  '/api/trpc/account.me',
  '/api/none',
  '/dev/mailbox',
];
const everywhere = async (check: (headers: Headers, path: string) => void) => {
  for (const path of pages) check((await fetch(`${app.url}${path}`)).headers, path);
};
/** Headers of a request that a TLS proxy forwards. */
const behindTls = { 'x-forwarded-proto': 'https', host: 'cstims.example' };

test('ASVS 3.3.3 behind TLS the cookie is named __Host-sid, is Secure, and is limited to this host and all paths', async () => {
  const answer = await callerOf(https.url).post(
    'account.signIn',
    { login: 'ana', password: 'correct horse' },
    behindTls,
  );
  const set = answer.headers.get('set-cookie') ?? '';
  expect(set).toMatch(/^__Host-sid=/);
  expect(set).toContain('Secure');
  expect(set).toContain('Path=/');
  expect(set).not.toContain('Domain');
});

test('ASVS 3.3.2 the cookie is SameSite=Lax', async () => {
  const answer = await callerOf(app.url).post('account.signIn', { login: 'ana', password: 'correct horse' });
  expect(answer.headers.get('set-cookie')).toContain('SameSite=Lax');
});

test('ASVS 3.3.4 the cookie is HttpOnly and not part of the response body', async () => {
  const answer = await callerOf(app.url).post('account.signIn', { login: 'ana', password: 'correct horse' });
  const set = answer.headers.get('set-cookie') ?? '';
  expect(set).toContain('HttpOnly');
  expect(await answer.text()).not.toContain(decodeURIComponent(set).split(/[:.]/)[1]);
});

test('ASVS 3.4.1 behind TLS an answer carries HSTS for at least a year', async () => {
  const { headers } = await fetch(https.url, { headers: behindTls });
  const seconds = /max-age=(\d+)/.exec(headers.get('strict-transport-security') ?? '')?.[1];
  expect(Number(seconds)).toBeGreaterThanOrEqual(31_536_000);
});

test('ASVS 3.4.2 no other origin may read an answer', async () => {
  for (const origin of ['https://evil.example', 'null', app.url]) {
    const { headers } = await fetch(`${app.url}/api/trpc/account.me`, { headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  }
});

test('ASVS 3.4.4 every answer carries nosniff', async () => {
  await everywhere((headers, path) => expect(headers.get('x-content-type-options'), path).toBe('nosniff'));
});

test('ASVS 3.4.5 other sites never receive an address of this app as referrer', async () => {
  await everywhere((headers, path) => expect(headers.get('referrer-policy'), path).toBe('no-referrer'));
});

test('ASVS 3.4.6 no other site can show a page of this app in a frame', async () => {
  await everywhere((headers, path) =>
    expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'"),
  );
});

test('ASVS 3.4.3 every answer restricts scripts, styles and connections to this site', async () => {
  await everywhere((headers, path) => {
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("script-src 'self'");
    expect(policy, path).not.toMatch(/unsafe-|\*|https?:/);
  });
});

test('ASVS 3.2.1 a browser cannot open an API answer as a document', async () => {
  const caller = await signInWith(app.url, 'ana');
  const answer = await caller.get('account.me', undefined, {
    'sec-fetch-dest': 'document',
    'sec-fetch-site': 'cross-site',
  });
  expect(answer.status).toBe(403);
  expect((await fetch(`${app.url}/api/trpc/account.me`)).headers.get('content-type')).toContain(
    'application/json',
  );
});

type Procedure = { _def: { type: string } };
const all = Object.entries(
  (appRouter as unknown as { _def: { procedures: Record<string, Procedure> } })._def.procedures,
);
const mutations = all.filter(([, { _def }]) => _def.type === 'mutation');
/** Procedures that only read. All others change something and must not be queries. */
const reading = [
  'account.me',
  'account.sessions',
  'audit.list',
  'billing.adjustments',
  'billing.nextRun',
  'billing.runs',
  'billing.verifactu',
  'mail.count',
  'mail.list',
  'mail.original',
  'outbox.list',
  'public.landing',
  'settings.page',
  'settings.pages',
  'settings.read',
  'sync.first',
  'sync.pokes',
  'sync.pull',
];

test('ASVS 3.5.3 no mutation of the router runs by GET, HEAD or OPTIONS (the original deleted by GET link)', async () => {
  const caller = await signInWith(app.url, 'ana');
  const others = all.filter(([, { _def }]) => _def.type !== 'mutation').map(([path]) => path);
  expect(others.sort()).toEqual(reading);
  for (const [path] of mutations) {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const answer = await fetch(`${app.url}/api/trpc/${path}?input=%7B%7D`, {
        method,
        headers: { cookie: caller.cookie() },
      });
      // tRPC answers every HEAD with 204 and runs nothing
      expect([204, 400, 403, 405, 415], `${method} ${path}`).toContain(answer.status);
    }
  }
  expect((await caller.get('account.sessions')).status).toBe(200);
});

const types = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/xml',
];
const sites = ['cross-site', 'same-site', 'same-origin'];

test.each(types.flatMap((type) => sites.map((site) => [type, site] as const)))(
  'ASVS 3.5.1 only same-origin JSON posts are accepted, against CSRF (the original had no defence): %s from %s',
  async (type, site) => {
    const caller = await signInWith(app.url, 'ana');
    const answer = await fetch(`${app.url}/api/trpc/account.signOut`, {
      method: 'POST',
      headers: { 'content-type': type, 'sec-fetch-site': site, cookie: caller.cookie() },
      body: type.startsWith('multipart') ? '--x--' : '{}',
    });
    const own = type === 'application/json' && site === 'same-origin';
    expect(answer.status).toBe(own ? 200 : site === 'same-origin' ? 415 : 403);
    expect((await caller.get('account.sessions')).status).toBe(own ? 401 : 200);
  },
);

test('ASVS 3.5.2 a request that needs no preflight is not accepted as JSON', async () => {
  const caller = await signInWith(app.url, 'ana');
  for (const type of ['text/plain;application/json', 'text/plain; x=application/json', '']) {
    const headers = { ...(type ? { 'content-type': type } : {}), cookie: caller.cookie() };
    const body = new Blob(['{}']);
    const answer = await fetch(`${app.url}/api/trpc/account.signOut`, { method: 'POST', headers, body });
    expect(answer.status, type).toBe(415);
    // refused before any of the body is parsed
    expect(await answer.json(), type).toEqual({
      error: { message: 'bad-request', data: { errorCode: 'bad-request' } },
    });
  }
});

test('ASVS 4.1.1 every answer names its content type, and texts their character set', async () => {
  for (const [path, type] of [
    ['/', 'text/html; charset=utf-8'],
    ['/api/trpc/account.me', 'application/json'],
    ['/api/none', 'application/json; charset=utf-8'],
    ['/no/such.js', 'text/plain; charset=utf-8'],
  ] as const) {
    expect((await fetch(`${app.url}${path}`)).headers.get('content-type')?.toLowerCase(), path).toContain(
      type,
    );
  }
});

test('ASVS 4.1.3 X-Forwarded-For is ignored unless a proxy is declared', async () => {
  const from = (address: string) =>
    callerOf(app.url).post(
      'account.signIn',
      { login: `x${address}`, password: 'wrong' },
      { 'x-forwarded-for': address },
    );
  await from('198.51.100.1');
  await from('198.51.100.2');
  const rows = await database.server.models.throttles.findAll({ raw: true });
  // One address (the real one) and two names. A trusted header would have made it two addresses.
  expect(rows).toHaveLength(3);
});

test('ASVS 15.3.4 behind a declared proxy the client’s real address is counted, and a forged one is ignored', async () => {
  for (const forged of ['203.0.113.7', '203.0.113.8']) {
    const headers = { ...behindTls, 'x-forwarded-for': `${forged}, 198.51.100.9` };
    await callerOf(https.url).post('account.signIn', { login: `y${forged}`, password: 'wrong' }, headers);
  }
  expect(await database.server.models.throttles.findAll({ raw: true })).toHaveLength(3);
});

/** Sends raw bytes, because fetch would refuse them. */
function raw(text: string): Promise<string> {
  return new Promise((done) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('close', () => done(answer));
    socket.on('error', () => done(answer));
    setTimeout(() => socket.destroy(), 1_000);
  });
}

test('ASVS 4.2.1 a request with two conflicting lengths is refused', async () => {
  const answer = await raw(
    'POST /api/trpc/account.signOut HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n',
  );
  // The parser has refused it: the app would have answered with its headers, and then the request inside.
  expect(answer).toBe('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
});

test('ASVS 13.4.4 TRACE is refused', async () => {
  expect(await raw('TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 (?:404|405|501)/,
  );
});
