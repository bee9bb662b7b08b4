import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../config.ts';
import { seed } from '../../demo/seed.ts';
import { callerOf, codeIn, emailTo, nextTotp, signInWith, type Caller } from '../account-caller.ts';
import {
  createPerson,
  openTestDatabase,
  password,
  startApp,
  type TestApp,
  type TestDatabase,
} from '../test-server.ts';

/* Passwords, tokens and second factors (OWASP ASVS 5.0, chapter 6). Each test fails without its defence. */

let database: TestDatabase;
let app: TestApp;
let anybody: Caller;
beforeAll(async () => {
  database = await openTestDatabase();
  app = await startApp(database.server);
  anybody = callerOf(app.url);
});
afterEach(() => database.server.models.throttles.destroy({ where: {} }));
afterAll(async () => {
  await app.stop();
  await database.close();
});

const proof = { password };
const strong = 'a fine long phrase';
let last = 0;
async function createAccount(
  role: 'client' | 'helpdesk' = 'client',
): Promise<{ name: string; id: string; caller: Caller }> {
  const name = `p${(last += 1)}`;
  const { id } = await createPerson(database.server, name, role);
  return { name, id, caller: await signInWith(app.url, name) };
}
const changeTo = (caller: Caller, typed: string) =>
  caller.post('account.changePassword', { proof, password: typed });

async function withTotp() {
  const { name, id, caller } = await createAccount('helpdesk');
  const started = await caller.post('account.beginTotp', { password });
  const { secret } = ((await started.json()) as { result: { data: { secret: string } } }).result.data;
  const confirmed = await caller.post('account.confirmTotp', { password, code: nextTotp(secret, -1) });
  const { recoveryCodes } = ((await confirmed.json()) as { result: { data: { recoveryCodes: string[] } } })
    .result.data;
  const enter = (code?: string) =>
    anybody.post('account.signIn', { login: name, password, ...(code ? { code } : {}) });
  return { name, id, caller, secret, recoveryCodes, enter };
}

test('ASVS 6.2.1 a password of seven characters is refused, one of eight is accepted', async () => {
  const { caller } = await createAccount();
  expect(await codeIn(await changeTo(caller, 'kx9#mvq'))).toBe('weak-password');
  expect((await changeTo(caller, 'kx9#mvqz')).status).toBe(200);
});

test('ASVS 6.2.2 people can change their own password, and only the new one works afterwards', async () => {
  const { name, caller } = await createAccount();
  await changeTo(caller, strong);
  expect((await anybody.post('account.signIn', { login: name, password })).status).toBe(400);
  expect((await anybody.post('account.signIn', { login: name, password: strong })).status).toBe(200);
});

test('ASVS 6.2.3 changing a password requires the current one', async () => {
  const { name, caller } = await createAccount();
  const answer = await caller.post('account.changePassword', {
    proof: { password: 'not this' },
    password: strong,
  });
  expect(await codeIn(answer)).toBe('wrong-credentials');
  expect((await anybody.post('account.signIn', { login: name, password })).status).toBe(200);
});

test('ASVS 6.2.4 passwords of published lists are refused', async () => {
  const { caller } = await createAccount();
  for (const typed of ['football1', 'iloveyou', 'trustno1', 'Barcelona1', 'sunshine99', 'qwertyuiop']) {
    expect(await codeIn(await changeTo(caller, typed)), typed).toBe('weak-password');
  }
});

test('ASVS 6.2.5 any composition of characters is accepted: only words, accented letters, spaces', async () => {
  const { caller } = await createAccount();
  expect((await changeTo(caller, 'ñandú en la red')).status).toBe(200);
});

test('ASVS 6.2.8 a password is compared exactly as typed, including case, spaces and everything after 72 bytes', async () => {
  const { name, caller } = await createAccount();
  const typed = ` Ab${'long and longer '.repeat(6)}END `;
  await changeTo(caller, typed);
  const enter = async (typedPassword: string) =>
    (await anybody.post('account.signIn', { login: name, password: typedPassword })).status;
  expect(await enter(typed)).toBe(200);
  for (const other of [typed.trim(), typed.toLowerCase(), typed.slice(0, 72), typed.replace('END', 'XXX')]) {
    expect(await enter(other)).toBe(400);
  }
});

test('ASVS 6.2.9 a password of 128 characters is accepted, and one of 129 is refused instead of truncated', async () => {
  const { caller } = await createAccount();
  const typed = 'kx9# mvqz-'.repeat(13);
  expect(await codeIn(await changeTo(caller, typed.slice(0, 129)))).toBe('weak-password');
  expect((await changeTo(caller, typed.slice(0, 128))).status).toBe(200);
});

test('ASVS 6.2.11 passwords made from words of the account or the provider are refused', async () => {
  const { caller } = await createAccount();
  for (const typed of ['ARFNET2026', 'cstims-12']) {
    expect(await codeIn(await changeTo(caller, typed)), typed).toBe('weak-password');
  }
  const own = { username: 'zubizarreta', email: 'zubizarreta@mail.example', language: 'es' };
  await anybody.post('account.register', own);
  const token = await emailTo(database.server, own.email, '/verify#');
  const weak = { token, password: 'Zubizarreta1' };
  expect(await codeIn(await anybody.post('account.verify', weak))).toBe('weak-password');
});

test('ASVS 6.3.2 a production database starts without any account', async () => {
  const config = { ...readConfig({ DEMO: 'no' }), production: true };
  const fresh = await openTestDatabase();
  await seed({ ...fresh.server, config });
  expect(await fresh.server.models.people.count()).toBe(0);
  expect(() =>
    readConfig({
      NODE_ENV: 'production',
      DEMO: 'yes',
      PUBLIC_URL: 'https://x.example',
      SMTP_URL: 'smtp://x',
    }),
  ).toThrow('DEMO');
  await fresh.close();
});

test('ASVS 6.3.3 where a second factor is required, staff without one cannot sign in or use an older session', async () => {
  const { name, caller } = await createAccount('helpdesk');
  const config = { ...database.server.config, production: true };
  const production = await startApp({ ...database.server, config });
  expect((await callerOf(production.url, caller.cookie()).get('account.sessions')).status).toBe(401);
  const answer = await callerOf(production.url).post('account.signIn', { login: name, password });
  expect(await codeIn(answer)).toBe('second-factor-required');
  await production.stop();
});

test('ASVS 6.4.1 link tokens have 256 random bits, are stored hashed, and expire', async () => {
  const { name } = await createAccount();
  await anybody.post('account.requestReset', { email: `${name}@test.example` });
  const token = await emailTo(database.server, `${name}@test.example`, '/set-password#');
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(JSON.stringify(await database.server.models.tokens.findAll({ raw: true }))).not.toContain(token);
  await database.server.models.tokens.update({ expiresAt: Date.now() - 1 }, { where: { purpose: 'reset' } });
  expect(await codeIn(await anybody.post('account.setPassword', { token, password: strong }))).toBe(
    'bad-token',
  );
});

test('ASVS 6.4.3 resetting a password by e-mail does not bypass the second factor', async () => {
  const { name, enter, secret } = await withTotp();
  await anybody.post('account.requestReset', { email: `${name}@test.example` });
  const token = await emailTo(database.server, `${name}@test.example`, '/set-password#');
  await anybody.post('account.setPassword', { token, password: strong });
  expect(await codeIn(await anybody.post('account.signIn', { login: name, password: strong }))).toBe(
    'code-needed',
  );
  const code = nextTotp(secret);
  expect((await anybody.post('account.signIn', { login: name, password: strong, code })).status).toBe(200);
  expect((await enter(code)).status).toBe(400);
});

test('ASVS 6.5.1 a code and a recovery code work once, even if sent twice at the same moment', async () => {
  const { enter, secret, recoveryCodes } = await withTotp();
  const code = nextTotp(secret);
  const twice = await Promise.all([enter(code), enter(code)]);
  expect(twice.map(({ status }) => status).sort()).toEqual([200, 400]);
  const [first = ''] = recoveryCodes;
  const spent = await Promise.all([enter(first), enter(first)]);
  expect(spent.map(({ status }) => status).sort()).toEqual([200, 400]);
});

test('ASVS 6.5.2 recovery codes are stored only as hashes', async () => {
  const { id, recoveryCodes } = await withTotp();
  const rows = JSON.stringify(
    await database.server.models.recoveryCodes.findAll({ where: { person: id }, raw: true }),
  );
  expect(recoveryCodes).toHaveLength(10);
  for (const each of recoveryCodes) expect(rows).not.toContain(each.replaceAll('-', ''));
});

test('ASVS 6.5.5 a code from three minutes ago, or from the future, is refused', async () => {
  const { enter, secret } = await withTotp();
  for (const steps of [-6, 4]) expect(await codeIn(await enter(nextTotp(secret, steps)))).toBe('wrong-code');
});

test('ASVS 6.6.2 a link works only for the purpose it was sent for', async () => {
  const { name, caller } = await createAccount();
  await caller.post('account.changeEmail', { proof, email: `${name}-new@mail.example` });
  const token = await emailTo(database.server, `${name}-new@mail.example`, '/confirm-email#');
  expect(await codeIn(await anybody.post('account.setPassword', { token, password: strong }))).toBe(
    'bad-token',
  );
  expect(await codeIn(await anybody.post('account.verify', { token, password: strong }))).toBe('bad-token');
  expect((await anybody.post('account.confirmEmail', { token })).status).toBe(200);
});

test('ASVS 6.6.3 after ten wrong codes, even a right one is refused for a while', async () => {
  const { enter, secret } = await withTotp();
  const wrong = nextTotp(secret) === '000000' ? '000001' : '000000';
  for (let i = 0; i < 10; i += 1) await enter(wrong);
  expect(await codeIn(await enter(nextTotp(secret, 1)))).toBe('too-many-tries');
});

test('ASVS 6.6.3 the owner of a locked account gets through with password and second factor together', async () => {
  const { enter, secret, name } = await withTotp();
  for (let i = 0; i < 12; i += 1) await anybody.post('account.signIn', { login: name, password: 'wrong' });
  expect(await codeIn(await enter())).toBe('too-many-tries');
  expect((await enter(nextTotp(secret, 1))).status).toBe(200);
});

test('ASVS 6.4.4 an admin removes a lost second factor only with their own password, and its owner gets an e-mail', async () => {
  const { id, enter } = await withTotp();
  await createPerson(database.server, 'chief', 'admin');
  const chief = await signInWith(app.url, 'chief');
  const bad = { id, proof: { password: 'not this' } };
  expect(await codeIn(await chief.post('people.removeTotp', bad))).toBe('wrong-credentials');
  expect(await codeIn(await enter())).toBe('code-needed');
  expect((await chief.post('people.removeTotp', { id, proof })).status).toBe(200);
  expect((await enter()).status).toBe(200);
  const emails = await database.server.models.outbox.count({
    where: { person: id, kind: 'account-changed' },
  });
  expect(emails).toBeGreaterThan(1);
});

test('ASVS 2.3.1 no step can be skipped: an unconfirmed key is no second factor, and an unverified address cannot sign in', async () => {
  const { name, caller } = await createAccount('helpdesk');
  await caller.post('account.beginTotp', { password });
  expect((await anybody.post('account.signIn', { login: name, password })).status).toBe(200);
  const fresh = { username: 'skipper', email: 'skipper@mail.example', language: 'en' };
  await anybody.post('account.register', fresh);
  expect((await anybody.post('account.signIn', { login: 'skipper', password: strong })).status).toBe(400);
});

test('ASVS 2.3.4 of many simultaneous uses of one link, only one succeeds', async () => {
  const { name } = await createAccount();
  await anybody.post('account.requestReset', { email: `${name}@test.example` });
  const token = await emailTo(database.server, `${name}@test.example`, '/set-password#');
  const tries = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      anybody.post('account.setPassword', { token, password: `${strong} ${i}` }),
    ),
  );
  expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
});

test('ASVS 2.4.1 one address gets at most three e-mails of a kind before further requests are refused for a while', async () => {
  const ask = () => anybody.post('account.requestReset', { email: 'victim@mail.example' });
  const answers = [await ask(), await ask(), await ask(), await ask()];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
});

test('ASVS 6.3.8 registering, resending and resetting give the same answer in similar time for known and unknown addresses', async () => {
  const { name } = await createAccount();
  const known = `${name}@test.example`;
  for (const procedure of ['account.register', 'account.requestReset', 'account.resend']) {
    const ask = async (email: string) => {
      const more = procedure === 'account.register' ? { username: `u${(last += 1)}`, language: 'en' } : {};
      const start = performance.now();
      const answer = await anybody.post(procedure, { email, ...more });
      return { body: await answer.text(), status: answer.status, ms: performance.now() - start };
    };
    const one = await ask(known);
    const two = await ask(`unknown${last}@mail.example`);
    expect([two.body, two.status]).toEqual([one.body, one.status]);
    // The work takes far less than the fixed time of an answer, so both take that time.
    expect(Math.min(one.ms, two.ms), procedure).toBeGreaterThan(490);
    expect(Math.min(one.ms, two.ms) / Math.max(one.ms, two.ms), procedure).toBeGreaterThan(0.6);
  }
});
