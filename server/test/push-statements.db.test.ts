import { afterAll, beforeAll, expect, test } from 'vitest';
import { newMessage } from '#shared/tickets/new-message.ts';
import { logStatements } from './log-statements.ts';
import {
  createPerson,
  openTestDatabase,
  pushTo,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';

/* How many statements a push sends to the database. The count is exact, so it shows what a time hides. */

let database: TestDatabase;
let app: TestApp;
let lucia: SignedIn;
beforeAll(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'lucia', 'client');
  await createPerson(database.server, 'ana', 'helpdesk');
  app = await startApp(database.server);
  lucia = await signIn(app.url, 'lucia');
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

async function openTicket(): Promise<string> {
  const id = database.server.newId();
  const next = { id, client: lucia.me.id, queue: 'technical', subject: 'Slow', status: 'open' };
  await pushTo(lucia.api, 'tickets', [{ base: null, next }]);
  return id;
}

/** The statements of pushing an answer to each of these tickets, from the request to its answer. */
async function statementsOf(tickets: readonly string[]): Promise<string[]> {
  const { server } = database;
  const rows = tickets.map((ticket, i) => {
    const message = newMessage(
      { id: ticket, client: lucia.me.id, queue: 'technical' },
      {
        id: server.newId(),
        author: lucia.me.id,
        authorName: 'lucia',
        side: 'client',
        kind: 'answer',
        body: `Text ${i}`,
      },
    );
    return { base: null, next: { ...message, writtenAt: server.now() } };
  });
  const { statements, stop } = logStatements(server.db);
  const { refusals } = await pushTo(lucia.api, 'messages', rows);
  stop();
  expect(refusals).toEqual([]);
  return statements.filter((sql) => !sql.includes('UNION ALL')); // what the live streams look for
}

test('a push of one answer sends 20 statements, and one of twenty in four tickets 29', async () => {
  const four = [await openTicket(), await openTicket(), await openTicket(), await openTicket()];
  await statementsOf(four); // the first answer of a ticket has more to do
  expect((await statementsOf(four.slice(0, 1))).length).toBeLessThanOrEqual(20);
  const answersTo = (count: number) => Array.from({ length: count }, (_, i) => four[i % 4] ?? '');
  expect((await statementsOf(answersTo(20))).length).toBeLessThanOrEqual(29);
  expect((await statementsOf(answersTo(40))).length).toBeLessThanOrEqual(29);
});
