import type { BillingIdentity } from '#shared/billing/billing-identity.ts';
import { Op } from 'sequelize';
import { addDays } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { priceOf } from '#shared/billing/price.ts';
import { hashPassword } from '../people/password.ts';
import { findDocument, findDocuments, findIds } from '#sync/server/row.ts';
import { makeInvoices } from '../invoices/make-invoices.ts';
import { publishDrafts } from '../settings/publish-drafts.ts';
import { firstSettings } from '../settings/settings.ts';
import { demoOrders, demoStaffAndClients } from './demo-people.ts';
import { demoThreads, type DemoThread } from './demo-threads.ts';
import { type Server, transact, type Tx } from '../context.ts';
import { noBankLine, payments } from '#shared/invoices/payment-schema.ts';
import { invoices } from '#shared/invoices/schema.ts';
import { newOrder } from '#shared/orders/new-order.ts';
import { type Order, orders } from '#shared/orders/schema.ts';
import { allEmails, people, type Person } from '#shared/people/schema.ts';
import { services } from '#shared/services/schema.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { newMessage } from '#shared/tickets/new-message.ts';
import { newTicket } from '#shared/tickets/new-ticket.ts';
import { tickets } from '#shared/tickets/schema.ts';
import { newId } from './new-id.ts';

/** A demo account. Its password is no secret and exists only outside production. */
export type DemoPerson = { role: string; username: string; password: string };

const passwordOf = (username: string) => `${username}-demo`;
const hour = 3_600_000;

/** Returns the demo people that still exist. */
export async function demoPeople(server: Server): Promise<DemoPerson[]> {
  const usernames = demoStaffAndClients.map(({ username }) => username);
  const existing = await findDocuments(server, people, { where: { username: { [Op.in]: usernames } } });
  return demoStaffAndClients
    .filter(({ username }) =>
      existing.some((person) => person.username === username && person.email.endsWith('.example')),
    )
    .map(({ role, username }) => ({ role, username, password: passwordOf(username) }));
}

/** Creates people, orders, three months of invoices and some dozens of tickets, with the same code as real ones. */
export async function seedDemo(server: Server): Promise<void> {
  const now = server.now();
  const everybody = await createPeople(at(server, now - 200 * 24 * hour));
  await publishDrafts(at(server, now - 200 * 24 * hour));
  await createOrders(server, everybody, now);
  await billMonths(server, everybody, now);
  for (const thread of [...demoThreads].sort((a, b) => b.age - a.age))
    await createThread(server, everybody, thread);
  // Nobody should get e-mails about events that never happened.
  // The clients of its invoices count as told from now, so no reminder is due at once.
  await server.models.outbox.update({ state: 'cancelled', notBefore: server.now() }, { where: {} });
}

/** Returns the server with its clock set to a past time. */
function at(server: Server, time: number): Server {
  return { ...server, now: () => time, newId: () => newId(time) };
}

async function createPeople(server: Server): Promise<Map<string, Person>> {
  const everybody = new Map<string, Person>();
  for (const { identity, ...person } of demoStaffAndClients) {
    const passwordHash = await hashPassword(passwordOf(person.username));
    const { result } = await transact(server, writer(server), async (tx) => {
      const created = await tx.create(people, {
        ...person,
        id: server.newId(),
        email: `${person.username}@cstims.example`,
        status: 'verified',
        available: person.role !== 'client',
        preferences: allEmails,
        identity: identity satisfies BillingIdentity | null,
        taxTreatment: null,
        taxHold: null,
      });
      const { id } = created;
      await server.models.credentials.create(
        { person: id, passwordHash, changedAt: tx.now, epoch: 0 },
        { transaction: tx.transaction },
      );
      return created;
    });
    everybody.set(person.username, result);
  }
  return everybody;
}

async function createOrders(server: Server, everybody: Map<string, Person>, now: number): Promise<void> {
  const catalogue = await findDocuments(server, services);
  for (const demoOrder of demoOrders) {
    const service = catalogue.find(({ slug }) => slug === demoOrder.service);
    const client = everybody.get(demoOrder.client);
    if (!service || !client)
      throw new Error(`the demo names ${demoOrder.service} and ${demoOrder.client}, which are not there`);
    const orderedAt = now - demoOrder.daysAgo * 24 * hour;
    const past = at(server, orderedAt);
    const on = dayOf(orderedAt, firstSettings.timeZone);
    const row = service.prices.find(({ billingPeriod }) => billingPeriod === demoOrder.billingPeriod);
    const amount = row ? priceOf(row, service.options, demoOrder.options) : demoOrder.agreedAmount;
    const active = demoOrder.status !== 'setting up';
    const history: Order['history'] = active ? [{ on, status: 'active', reason: '', at: orderedAt }] : [];
    await transact(past, writer(past), async (tx) => {
      const order = newOrder({
        id: past.newId(),
        number: await tx.count('order'),
        service: service.id,
        client: client.id,
        instanceName: demoOrder.instanceName,
        orderedOn: on,
        options: demoOrder.options,
        billingPeriod: demoOrder.billingPeriod,
        alignment: demoOrder.alignment,
        chargedAt: demoOrder.chargedAt,
        prices: [{ from: on, amount }],
        terms: amount === 0 ? null : { language: 'en', version: 1 },
        status: demoOrder.status,
        history,
        anchor: active ? on : null,
        comments: demoOrder.comments,
        accessDetails: active ? demoOrder.accessDetails : '',
        notes: demoOrder.notes,
      });
      await tx.create(orders, order);
    });
  }
}

/** Runs the real billing run for each of the last three firsts of the month, with the clock set to that day. */
async function billMonths(server: Server, everybody: Map<string, Person>, now: number): Promise<void> {
  const today = dayOf(now, firstSettings.timeZone);
  const firsts: string[] = [];
  for (let day = today; firsts.length < 3; day = addDays(day, -1))
    if (day.endsWith('-01')) firsts.unshift(day);
  const accountant = everybody.get('ines');
  for (const [i, first] of firsts.entries()) {
    const morning = Date.parse(`${first}T07:00:00Z`);
    const { invoices: issued } = await makeInvoices(at(server, Math.min(morning, now)));
    if (i === firsts.length - 1 || !accountant) continue; // the newest are still unpaid
    const paidAt = Math.min(morning + 4 * 24 * hour, now);
    const paying = at(server, paidAt);
    const actor = { id: accountant.id, role: accountant.role, name: accountant.displayName };
    for (const { client, number, total } of issued) {
      await transact(paying, { actor, device: 'seed', writtenAt: paidAt }, async (tx) => {
        const where = { number };
        const [invoice] = await findIds(server, invoices, { where, transaction: tx.transaction });
        if (!invoice) return;
        await tx.create(payments, {
          id: paying.newId(),
          invoice,
          client,
          day: dayOf(paidAt, firstSettings.timeZone),
          amount: total,
          method: 'transfer',
          reference: number ?? '',
          source: 'hand',
          ...noBankLine,
          bookedBy: accountant.id,
        });
      });
    }
  }
}

async function createThread(
  server: Server,
  everybody: Map<string, Person>,
  thread: DemoThread,
): Promise<void> {
  const openedAt = server.now() - thread.age * 60_000;
  const client = everybody.get(thread.client);
  if (!client) throw new Error(`the demo names ${thread.client}, who is not there`);
  const id = newId(openedAt);
  const writeAs = async (
    by: Person | undefined,
    time: number,
    work: (tx: Tx, past: Server) => Promise<unknown>,
  ) => {
    const past = at(server, time);
    const actor = by ? { id: by.id, role: by.role, name: by.displayName } : null;
    await transact(past, { actor, device: 'seed', writtenAt: time }, (tx) => work(tx, past));
  };
  await writeAs(client, openedAt, async (tx) => {
    const where = { client: client.id, instanceName: thread.instance };
    const order = thread.instance
      ? await findDocument(server, orders, { where, transaction: tx.transaction })
      : null;
    const { queue, subject, priority } = thread;
    const input = { id, client: client.id, queue, subject, priority, order: order?.id ?? null };
    const assignee = everybody.get(thread.assignee ?? '')?.id ?? null;
    const number = await tx.count('ticket');
    await tx.create(tickets, newTicket({ ...input, assignee, number }, openedAt));
  });
  let last = openedAt;
  for (const message of thread.messages) {
    const author = message.by === 'client' ? client : everybody.get(message.by);
    last = openedAt + message.after * 60_000;
    await writeAs(author, last, (tx, past) =>
      tx.create(
        messages,
        newMessage(
          { id, client: client.id, queue: thread.queue },
          {
            id: past.newId(),
            kind: message.kind,
            body: message.body,
            author: author?.id ?? null,
            authorName: author?.displayName ?? '',
            side: message.by === 'client' ? 'client' : 'staff',
          },
        ),
      ),
    );
  }
  if (thread.status === 'open') return;
  const closer = everybody.get(thread.assignee ?? 'arturo');
  await writeAs(closer, Math.min(last + 12 * 60_000, server.now()), async (tx) => {
    const ticket = await tx.load(tickets, id);
    if (!ticket) return;
    const { status, closingComment } = thread;
    await tx.update(tickets, ticket, {
      status,
      closingComment,
      closedAt: tx.now,
      closedBy: closer?.id ?? null,
    });
  });
}

function writer(server: Server) {
  return { actor: null, device: 'seed', writtenAt: server.now() };
}
