import type { BillingIdentity } from '#shared/billing/billing-identity.ts';
import { createHmac, randomBytes } from 'node:crypto';
import { hashPassword } from '../../server/people/password.ts';
import { keyOf } from '../../server/people/session-store.ts';
import { type Server, transact, jobWriter } from '../../server/context.ts';
import { allEmails, people, type Role } from '#shared/people/schema.ts';

export type Wanted = { username: string; role: Role; password?: string };
export type Somebody = { id: string; username: string; role: Role };

const identity: BillingIdentity = {
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
const peopleInOneTransaction = 100;

/** Clients, or staff, named by a word and a number. */
export function named(word: string, role: Role, count: number): Wanted[] {
  return Array.from({ length: count }, (_, i) => ({ username: `${word}-${i}`, role }));
}

/** Verified people, written through the product's own door; who is given no password has none. */
export async function addPeople(server: Server, wanted: readonly Wanted[]): Promise<Somebody[]> {
  const added: Somebody[] = [];
  for (let i = 0; i < wanted.length; i += peopleInOneTransaction) {
    const some = wanted.slice(i, i + peopleInOneTransaction);
    added.push(...(await addSome(server, some)));
  }
  return added;
}

async function addSome(server: Server, wanted: readonly Wanted[]): Promise<Somebody[]> {
  const hashes = new Map<string, string>();
  for (const { username, password } of wanted) {
    if (password !== undefined) hashes.set(username, await hashPassword(password));
  }
  const writer = jobWriter(server, 'bench');
  const { result } = await transact(server, writer, async (tx) => {
    const made: Somebody[] = [];
    for (const { username, role } of wanted) {
      const { id } = await tx.create(people, {
        id: server.newId(),
        username,
        displayName: username,
        email: `${username}@bench.example`,
        role,
        status: 'verified',
        language: 'en',
        available: role !== 'client',
        preferences: allEmails,
        identity: role === 'client' ? identity : null,
        taxTreatment: null,
      });
      made.push({ id, username, role });
    }
    const credentials = made.map(({ id, username }) => ({
      person: id,
      passwordHash: hashes.get(username) ?? null,
      changedAt: tx.now,
      epoch: 0,
    }));
    await server.models.credentials.bulkCreate(credentials, { transaction: tx.transaction });
    return made;
  });
  return result;
}

/**
 * A session for each of the people, as the store keeps them, and its cookie. Not by signing in: an address may try 60
 * times in 15 minutes, and each costs a password hash.
 */
export async function openSessions(
  server: Server,
  people: readonly Somebody[],
): Promise<Map<string, string>> {
  const row = await server.models.settings.findOne({ where: { name: 'session-secret' }, raw: true });
  const secret = JSON.parse((row as unknown as { value: string }).value) as string; // made by the server at its start
  const now = server.now();
  const cookies = new Map<string, string>();
  const rows = people.map(({ id }) => {
    const sid = randomBytes(24).toString('base64url');
    const signature = createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, '');
    cookies.set(id, `sid=${encodeURIComponent(`s:${sid}.${signature}`)}`);
    const cookie = {
      originalMaxAge: 60 * 86_400_000,
      httpOnly: true,
      path: '/',
      sameSite: 'lax',
      secure: false,
    };
    const expires = new Date(now + cookie.originalMaxAge).toISOString();
    return {
      idHash: keyOf(sid),
      id: server.newId(),
      person: id,
      data: JSON.stringify({ cookie: { ...cookie, expires }, passport: { user: id } }),
      agent: 'bench',
      device: null,
      createdAt: now,
      seenAt: now,
      ended: null,
    };
  });
  await server.models.sessions.bulkCreate(rows);
  return cookies;
}
