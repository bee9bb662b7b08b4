import { randomBytes } from 'node:crypto';
import type { Documents } from '#shared/collections.ts';
import { dayOf } from '#shared/billing/period.ts';
import { hashPassword } from '../server/people/password.ts';
import { readConfig } from '../server/config.ts';
import { createDatabase } from '../server/database/connect.ts';
import { migrate } from '../server/database/migrate.ts';
import { seed } from '../server/demo/seed.ts';
import { publishDrafts } from '../server/settings/publish-drafts.ts';
import { findDocuments, findIds } from '#sync/server/row.ts';
import { adminLogin, password } from './cast.ts';
import { type Server, transact, type Tx, jobWriter } from '../server/context.ts';
import { files } from '#shared/files/schema.ts';
import type { NewDocument } from '#shared/engine/collection.ts';
import { newOrder } from '#shared/orders/new-order.ts';
import { orders } from '#shared/orders/schema.ts';
import { allEmails, people, type Role } from '#shared/people/schema.ts';
import { services } from '#shared/services/schema.ts';
import { openServer } from '../server/open-server.ts';

/** Opens the database directly, past all faults, to read the server's documents. */
export function openTruth(url: string): Server {
  return openServer(readConfig({ DEMO: 'no', LOG_LEVEL: 'silent' }), url, 4);
}

export type Person = { id: string; login: string; role: Role };

/**
 * Fills the database before the run: the catalogue, the people, orders that are billable today, and payment
 * proofs to review.
 */
export async function prepareDatabase(
  url: string,
  players: readonly { login: string; role: Role }[],
): Promise<Person[]> {
  await createDatabase(url);
  const server = openTruth(url);
  try {
    await migrate(server.db);
    await seed(server);
    await publishDrafts(server);
    const passwordHash = await hashPassword(password);
    const writer = jobWriter(server, 'stage');
    const accounts = [...players, { login: adminLogin, role: 'admin' as const }];
    const { result } = await transact(server, writer, async (tx) => {
      const created: Person[] = [];
      for (const { login, role } of accounts) {
        const person = await tx.create(people, personOf(server, login, role));
        await server.models.credentials.create(
          { person: person.id, passwordHash, changedAt: tx.now, epoch: 0 },
          { transaction: tx.transaction },
        );
        created.push({ id: person.id, login, role });
      }
      return created;
    });
    await transact(server, writer, (tx) => chargeAtStart(tx));
    for (const { id } of result.filter(({ role }) => role === 'client')) {
      await transact(server, writer, async (tx) => {
        for (const _ of [1, 2]) await tx.create(orders, await orderOf(tx, id));
        for (const _ of [1, 2, 3]) await tx.create(files, proofOf(server, id));
      });
    }
    return result.filter(({ login }) => login !== adminLogin);
  } finally {
    await server.db.close();
  }
}

function personOf(server: Server, login: string, role: Role) {
  return {
    id: server.newId(),
    username: login,
    displayName: login,
    email: `${login}@test.example`,
    role,
    status: 'verified' as const,
    language: 'en' as const,
    available: role !== 'client',
    preferences: allEmails,
    identity:
      role === 'client'
        ? {
            kind: 'business' as const,
            legalName: `${login} SL`,
            street: 'Calle de la Palma 14',
            postcode: '28004',
            city: 'Madrid',
            country: 'ES',
            taxNumber: 'B12345674',
            vatNumber: '',
            vatVerified: null,
          }
        : null,
    taxTreatment: null,
    taxHold: null,
  };
}

/**
 * The catalogue charges at the end of a month, which no run reaches. So half of the services are changed to
 * charge at the start.
 */
async function chargeAtStart(tx: Tx): Promise<void> {
  const catalogue = await findDocuments(tx.server, services, { transaction: tx.transaction });
  for (const service of catalogue.filter((_, i) => i % 2 === 0)) {
    await tx.update(services, service, { chargedAt: 'start' });
  }
}

async function orderOf(tx: Tx, client: string): Promise<NewDocument<Documents['orders']>> {
  const [service = ''] = await findIds(tx.server, services, { where: { slug: 'vpn' } });
  const today = dayOf(tx.now, 'Europe/Madrid');
  return newOrder({
    id: tx.server.newId(),
    number: await tx.count('order'),
    service,
    client,
    instanceName: `box ${randomBytes(4).toString('hex')}`,
    orderedOn: today,
    billingPeriod: 'month',
    alignment: 'anniversary',
    chargedAt: 'start',
    prices: [{ from: today, amount: 500 }],
    status: 'active',
    history: [{ on: today, status: 'active', reason: '', at: tx.now }],
    anchor: today,
  });
}

function proofOf(server: Server, client: string) {
  return {
    id: server.newId(),
    kind: 'proof' as const,
    client,
    visibility: 'client' as const,
    queue: null,
    ticket: null,
    message: null,
    invoice: null,
    mediaType: 'text/plain' as const,
    fileName: 'transfer.txt',
    size: 12,
    sha256: randomBytes(32).toString('hex'),
    state: 'stored' as const,
    reason: null,
  };
}
