import type { BillingIdentity } from '#shared/billing/billing-identity.ts';
import { createHmac, randomBytes } from 'node:crypto';
import { hashPassword } from '../../server/people/password.ts';
import { keyOf } from '../../server/people/session-store.ts';
import { type Server, transact, jobWriter } from '../../server/context.ts';
import { allEmails, people, type Role } from '#shared/people/schema.ts';

export type NewPerson = { username: string; role: Role; password?: string };
export type BenchPerson = { id: string; username: string; role: Role };

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

/** People of a role, named by a word and a number. */
export function named(word: string, role: Role, count: number): NewPerson[] {
  return Array.from({ length: count }, (_, i) => ({ username: `${word}-${i}`, role }));
}

/** Creates verified people through the product's own write path. A person without a given password has none. */
export async function addPeople(server: Server, newPeople: readonly NewPerson[]): Promise<BenchPerson[]> {
  const added: BenchPerson[] = [];
  for (let i = 0; i < newPeople.length; i += peopleInOneTransaction) {
    const some = newPeople.slice(i, i + peopleInOneTransaction);
    added.push(...(await addSome(server, some)));
  }
  return added;
}

async function addSome(server: Server, newPeople: readonly NewPerson[]): Promise<BenchPerson[]> {
  const hashes = new Map<string, string>();
  for (const { username, password } of newPeople) {
    if (password !== undefined) hashes.set(username, await hashPassword(password));
  }
  const writer = jobWriter(server, 'bench');
  const { result } = await transact(server, writer, async (tx) => {
    const created: BenchPerson[] = [];
    for (const { username, role } of newPeople) {
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
        taxHold: null,
      });
      created.push({ id, username, role });
    }
    const credentials = created.map(({ id, username }) => ({
      person: id,
      passwordHash: hashes.get(username) ?? null,
      changedAt: tx.now,
      epoch: 0,
    }));
    await server.models.credentials.bulkCreate(credentials, { transaction: tx.transaction });
    return created;
  });
  return result;
}

/**
 * Creates a session for each person, as the session store keeps it. Signing in is no option: an address may
 * try 60 times in 15 minutes, and each try costs a password hash.
 *
 * @returns the cookie of each person, by id
 */
export async function openSessions(
  server: Server,
  people: readonly BenchPerson[],
): Promise<Map<string, string>> {
  const row = await server.models.settings.findOne({ where: { name: 'session-secret' }, raw: true });
  const secret = JSON.parse((row as unknown as { value: string }).value) as string; // the server creates it when it starts
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
