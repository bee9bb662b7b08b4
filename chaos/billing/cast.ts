import { Op } from 'sequelize';
import { addDays, type Day } from '#shared/billing/day.ts';
import { between, oneOf, type Numbers } from '../numbers.ts';
import { first } from './calendar.ts';
import { type Server, transact } from '../../server/context.ts';
import { newOrder } from '#shared/orders/new-order.ts';
import { type Order, orders } from '#shared/orders/schema.ts';
import { services } from '#shared/services/schema.ts';
import { findIds } from '#sync/server/row.ts';
import { allEmails, people } from '#shared/people/schema.ts';

export const writer = (server: Server) => ({ actor: null, device: 'stage', writtenAt: server.now() });

/**
 * Creates clients with and without a tax number, in Spain and abroad, and an admin who gets the e-mails about
 * problems.
 *
 * @returns the ids of the clients
 */
export async function addPeople(server: Server, count: number, next: Numbers): Promise<string[]> {
  const { result } = await transact(server, writer(server), async (tx) => {
    const person = (username: string, home: { country: string; taxNumber: string } | null) =>
      tx.create(people, {
        id: server.newId(),
        username,
        displayName: username,
        email: `${username}@test.example`,
        role: home ? 'client' : 'admin',
        status: 'verified',
        language: next() < 0.5 ? 'en' : 'es',
        available: false,
        preferences: allEmails,
        taxTreatment: null,
        taxHold: null,
        identity:
          home === null
            ? null
            : {
                kind: 'business',
                legalName: `${username} SL`,
                street: 'Calle de la Palma 14',
                postcode: '28004',
                city: 'Madrid',
                ...home,
                vatNumber: '',
                vatVerified: null,
              },
      });
    await person('admin', null);
    const clients: string[] = [];
    for (let i = 0; i < count; i += 1) {
      const country = oneOf(['ES', 'ES', 'FR', 'US'], next()) ?? 'ES';
      const { id } = await person(`client${i}`, {
        country,
        taxNumber: next() < 0.7 ? 'B12345674' : '',
      });
      clients.push(id);
    }
    return clients;
  });
  return result;
}

/** The id of the service that all orders are for. */
export async function vpn(server: Server): Promise<string> {
  const [service] = await findIds(server, services, { where: { slug: 'vpn' } });
  if (!service) throw new Error('the catalogue has no VPN');
  return service;
}

/** Creates one to three orders for each client, with a past history: prices, suspensions, an end. */
export async function addOrders(
  server: Server,
  clients: readonly string[],
  { next, since }: { next: Numbers; since?: Day },
): Promise<void> {
  const service = await vpn(server);
  await transact(server, writer(server), async (tx) => {
    for (const client of clients) {
      for (let i = between(next(), 1, 4); i > 0; i -= 1) {
        const number = await tx.count('order');
        const anchor = since ?? addDays(first, between(next(), 0, 200));
        const order = newOrder({
          id: server.newId(),
          number,
          service,
          client,
          instanceName: `machine ${number}`,
          orderedOn: anchor,
          status: 'active',
          anchor,
          billingPeriod:
            oneOf(['month', 'month', 'month', 'quarter', 'year', 'once'] as const, next()) ?? 'month',
          alignment: next() < 0.5 ? 'anniversary' : 'calendar',
          chargedAt: since || next() < 0.5 ? 'start' : 'end',
          prices: [
            { from: anchor, amount: between(next(), 1, 3_000) },
            ...(next() < 0.4
              ? [{ from: addDays(anchor, between(next(), 20, 150)), amount: between(next(), 1, 3_000) }]
              : []),
          ],
          history: since ? [entry(since, 'active')] : historyFrom(anchor, next),
        });
        await tx.create(orders, order);
      }
    }
  });
  // E-mails about the orders themselves are not part of this run.
  const where = { state: 'scheduled', kind: { [Op.like]: 'order-%' } };
  await server.models.outbox.update({ state: 'cancelled' }, { where });
}

type Entry = Order['history'][number];
export const entry = (on: Day, status: Entry['status']): Entry => ({ on, status, reason: '', at: 0 });

function historyFrom(anchor: Day, next: Numbers): Entry[] {
  const history = [entry(anchor, 'active')];
  let day = anchor;
  while (next() < 0.45) {
    day = addDays(day, between(next(), 3, 60));
    history.push(entry(day, history.at(-1)?.status === 'active' ? 'suspended' : 'active'));
  }
  if (next() < 0.2) history.push(entry(addDays(day, between(next(), 5, 90)), 'cancelled'));
  return history;
}
