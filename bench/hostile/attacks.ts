import { request } from 'node:http';
import { newId } from '../../server/demo/new-id.ts';
import type { BenchPerson } from '../setting/people.ts';

/** One client with a session, who does whatever costs the server most. */
export type Attacker = {
  url: string;
  cookie: string;
  person: BenchPerson;
  /** A large file of theirs. */
  hash: string;
  /** A large e-mail of theirs. */
  mail: string;
};

/** Sends one attack. It resolves when the answer has come, or was refused. */
export type Attack = (attacker: Attacker) => Promise<void>;

const drain = async (response: Response | null) => void (await response?.arrayBuffer().catch(() => null));
const send = (url: string, cookie: string, init: RequestInit = {}) =>
  fetch(url, { ...init, headers: { cookie, ...(init.headers as Record<string, string>) } }).catch(() => null);
const json = { 'content-type': 'application/json' };

const pullInput = { collection: 'messages', epoch: 0, since: 0, limit: 2_000 };
const pullInputs = JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i, pullInput])));
const pullPath = `/api/trpc/${Array<string>(20).fill('sync.pull').join()}?batch=1&input=${encodeURIComponent(pullInputs)}`;

/** A batch of pulls of the longest texts, from the beginning. */
const pulls: Attack = async ({ url, cookie }) => {
  await drain(await send(`${url}${pullPath}`, cookie));
};

/** 900 copies of the landing page in one request. */
const landing: Attack = async ({ url, cookie }) => {
  const path = Array<string>(900).fill('public.landing').join();
  await drain(await send(`${url}/api/trpc/${path}?batch=1&input=%7B%7D`, cookie));
};

const keysBody = JSON.stringify(Object.fromEntries(Array.from({ length: 80_000 }, (_, i) => [`k${i}`, 1])));

/** A body with very many keys. */
const keys: Attack = async ({ url, cookie }) => {
  await drain(
    await send(`${url}/api/trpc/sync.push`, cookie, { method: 'POST', headers: json, body: keysBody }),
  );
};

const levelsBody = `{"collection":"tickets","rows":${'['.repeat(400_000)}`;

/** A body with very many levels. */
const levels: Attack = async ({ url, cookie }) => {
  await drain(
    await send(`${url}/api/trpc/sync.push`, cookie, { method: 'POST', headers: json, body: levelsBody }),
  );
};

/** As many new tickets as one request may have. */
const tickets: Attack = async ({ url, cookie, person }) => {
  const time = Date.now();
  const rows = Array.from({ length: 100 }, () => ({
    base: null,
    next: { id: newId(Date.now()), client: person.id, queue: 'technical', subject: 'again', writtenAt: time },
  }));
  const body = JSON.stringify({ collection: 'tickets', epoch: 0, device: 'hostile', deviceNow: time, rows });
  await drain(await send(`${url}/api/trpc/sync.push`, cookie, { method: 'POST', headers: json, body }));
};

/** Asks for a download and reads nothing of it for some seconds. */
const leaveUnread = ({ url, cookie }: Attacker, path: string) =>
  new Promise<void>((done) => {
    const asked = request(`${url}${path}`, { headers: { cookie } }, (response) => {
      response.pause();
      setTimeout(() => {
        response.destroy();
        done();
      }, 5_000);
    });
    asked.on('error', () => done());
    asked.end();
  });

const unreadFile: Attack = (attacker) => leaveUnread(attacker, `/files/${attacker.hash}`);

/** The server has to take the e-mail apart for each of its parts. */
const unreadPart: Attack = (attacker) => leaveUnread(attacker, `/mail/${attacker.mail}/0`);

/** Each attack with how many of it are under way at once. */
export const attacks: readonly (readonly [Attack, number])[] = [
  [pulls, 30],
  [landing, 10],
  [keys, 6],
  [levels, 6],
  [tickets, 4],
  [unreadFile, 150],
  [unreadPart, 20],
];
