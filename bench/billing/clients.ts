import { dayOf } from '#shared/billing/period.ts';
import { type Server, transact } from '../../server/context.ts';
import { newOrder } from '#shared/orders/new-order.ts';
import { orders } from '#shared/orders/schema.ts';
import { services } from '#shared/services/schema.ts';
import { findIds } from '#sync/server/row.ts';
import { allEmails, people } from '#shared/people/schema.ts';

const writer = (server: Server) => ({ actor: null, device: 'bench', writtenAt: server.now() });
/** Documents per transaction. */
const batch = 100;

/**
 * Creates clients with a billing identity. None of them signs in.
 *
 * @returns their ids
 */
export async function addClients(server: Server, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const some = Math.min(batch, count - ids.length);
    await transact(server, writer(server), async (tx) => {
      for (let i = 0; i < some; i += 1) {
        const n = ids.length + 1;
        const { id } = await tx.create(people, {
          id: server.newId(),
          username: `client${n}`,
          displayName: `Client ${n}`,
          email: `client${n}@bench.example`,
          role: 'client',
          status: 'verified',
          language: 'en',
          available: false,
          preferences: allEmails,
          taxTreatment: null,
          taxHold: null,
          identity: {
            kind: 'business',
            legalName: `Client ${n} SL`,
            street: `Calle de la Palma ${n}`,
            postcode: '28004',
            city: 'Madrid',
            country: 'ES',
            taxNumber: 'B12345674',
            vatNumber: '',
            vatVerified: null,
          },
        });
        ids.push(id);
      }
    });
  }
  return ids;
}

/** Creates `each` orders for every client that are billable today. */
export async function addOrders(server: Server, clients: readonly string[], each: number): Promise<void> {
  const [service = ''] = await findIds(server, services, { where: { slug: 'vpn' } });
  const today = dayOf(server.now(), 'Europe/Madrid');
  for (let start = 0; start < clients.length; start += batch) {
    await transact(server, writer(server), async (tx) => {
      for (const client of clients.slice(start, start + batch)) {
        for (let i = 0; i < each; i += 1) {
          const number = await tx.count('order');
          const order = newOrder({
            id: server.newId(),
            number,
            service,
            client,
            instanceName: `machine ${number}`,
            orderedOn: today,
            billingPeriod: 'month',
            alignment: 'anniversary',
            chargedAt: 'start',
            prices: [{ from: today, amount: 950 }],
            status: 'active',
            anchor: today,
            history: [{ on: today, status: 'active', reason: '', at: tx.now }],
          });
          await tx.create(orders, order);
        }
      }
    });
  }
  // E-mails about the orders are not part of the bench.
  await server.models.outbox.update({ state: 'cancelled' }, { where: { state: 'scheduled' } });
}
