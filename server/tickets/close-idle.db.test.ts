import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDocument, findDocuments } from '#sync/server/row.ts';
import { createPerson, openTestDatabase, system, type TestDatabase } from '../test/test-server.ts';
import { closeIdle } from './close-idle.ts';
import { transact } from '../context.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { newTicket } from '#shared/tickets/new-ticket.ts';
import { tickets } from '#shared/tickets/schema.ts';

/* A ticket that waits for its client is closed after 14 days. The client gets a warning three days earlier. */

let database: TestDatabase;
let client: string;
const day = 86_400_000;
const start = Date.parse('2026-03-01T10:00:00Z');

beforeAll(async () => {
  database = await openTestDatabase();
  ({ id: client } = await createPerson(database.server, 'lucia', 'client'));
});
afterAll(() => database.close());

const serverOnDay = (days: number) => ({ ...database.server, now: () => start + days * day });
async function createTicket(waitingFor: 'us' | 'client') {
  const { server } = database;
  const { result } = await transact(serverOnDay(0), system(server), async (tx) =>
    tx.create(tickets, {
      ...newTicket(
        {
          id: server.newId(),
          number: await tx.count('ticket'),
          client,
          queue: 'technical',
          subject: 'Slow',
        },
        start,
      ),
      waitingFor,
    }),
  );
  return result.id;
}
const status = async (id: string) =>
  (await findDocument(database.server, tickets, { where: { id } }))?.status;
const emails = (document: string, kind = 'ticket-closing-soon') =>
  database.server.models.outbox.count({ where: { document, kind } });

test('an idle ticket is warned about on day 11 and closed on day 14, once each; tickets waiting for staff stay open', async () => {
  const id = await createTicket('client');
  const ours = await createTicket('us');
  await closeIdle(serverOnDay(10.9));
  expect(await emails(id)).toBe(0);
  expect(await closeIdle(serverOnDay(11))).toEqual({ warned: 1, closed: 0 });
  expect(await closeIdle(serverOnDay(11.1))).toEqual({ warned: 0, closed: 0 });
  await closeIdle(serverOnDay(13.9));
  expect(await status(id)).toBe('open');
  expect(await closeIdle(serverOnDay(14))).toEqual({ warned: 0, closed: 1 });
  expect(await status(id)).toBe('closed');
  expect(await status(ours)).toBe('open');
  expect(await closeIdle(serverOnDay(400))).toEqual({ warned: 0, closed: 0 });
});

test('if the job missed some days, the warning is still sent first and the ticket stays open for three more days', async () => {
  const id = await createTicket('client');
  expect(await closeIdle(serverOnDay(40))).toEqual({ warned: 1, closed: 0 });
  expect(await closeIdle(serverOnDay(42.9))).toEqual({ warned: 0, closed: 0 });
  expect(await closeIdle(serverOnDay(43))).toEqual({ warned: 0, closed: 1 });
  const events = await findDocuments(database.server, messages, { where: { ticket: id } });
  expect(events.map(({ authorName }) => authorName)).toEqual(['ARFNET']);
});

test('no ticket is closed if closeAfterDays is 0', async () => {
  const { server } = database;
  const row = await server.models.settings.findByPk('provider', { raw: true, rejectOnEmpty: true });
  const stored = JSON.parse((row as unknown as { value: string }).value) as object;
  const value = JSON.stringify({ ...stored, closeAfterDays: 0 });
  await server.models.settings.update({ value }, { where: { name: 'provider' } });
  const id = await createTicket('client');
  expect(await closeIdle(serverOnDay(100))).toEqual({ warned: 0, closed: 0 });
  expect(await status(id)).toBe('open');
});
