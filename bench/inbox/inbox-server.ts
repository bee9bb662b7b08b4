import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../server/config.ts';
import { createDatabase } from '../../server/database/connect.ts';
import { migrate } from '../../server/database/migrate.ts';
import { newId } from '../../server/demo/new-id.ts';
import { seed } from '../../server/demo/seed.ts';
import { toRow } from '#sync/server/row.ts';
import { makeInbox } from './inbox-documents.ts';
import type { BenchPlace } from './endings.ts';
import { readyAt, stop } from './processes.ts';
import type { Server } from '../../server/context.ts';
import { people } from '#shared/people/schema.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { newMessage } from '#shared/tickets/new-message.ts';
import { type Ticket, tickets } from '#shared/tickets/schema.ts';
import { openServer } from '../../server/open-server.ts';

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
/** Rows per INSERT. Larger ones are not faster. */
const rowsAtOnce = 2_000;

/** The real server, with tickets that the signed-in helpdesk agent may see. */
export type InboxServer = {
  url: string;
  tickets: Ticket[];
  messages: number;
  login: string;
  password: string;
};

/**
 * Fills a new database and starts the server on it in its own process.
 *
 * @param count the number of tickets
 * @param messagesEach the number of messages in each ticket
 * @param mariadb returns the connection URL of a database name
 */
export async function startInbox(
  count: number,
  {
    folder,
    mariadb,
    cleanup,
    messagesEach = 0,
  }: BenchPlace & { mariadb: (name: string) => string; messagesEach?: number },
): Promise<InboxServer> {
  const dataDir = join(folder, `data-${count}`);
  mkdirSync(dataDir, { recursive: true });
  const database = mariadb(`bench_first_pull_${count}`);
  const settings = {
    NODE_ENV: 'development',
    DEMO: 'yes',
    DATABASE_URL: database,
    DATA_DIR: dataDir,
    PORT: '0',
    POLL_SECONDS: '86400', // no billing while something is measured
    LOG_LEVEL: 'warn',
  };
  await createDatabase(database);
  const server = openServer(readConfig(settings), database);
  try {
    await migrate(server.db);
    await seed(server);
    const tickets = await fill(server, count);
    const messages = await addMessages(server, tickets, messagesEach);
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    cleanup.add(() => stop(child));
    return { url: await readyAt(child), tickets, messages, login: 'ana', password: 'ana-demo' };
  } finally {
    await server.db.close();
  }
}

/** Replaces the demo's tickets with the inbox, continuing the database's counters. */
async function fill(server: Server, count: number): Promise<Ticket[]> {
  const { db, models } = server;
  for (const table of ['messages', 'read_receipts', 'tickets']) await db.query(`DELETE FROM ${table}`);
  const counters = await valuesOf(server, 'SELECT name, value FROM counters');
  const staff = await valuesOf(server, "SELECT id AS name, seq AS value FROM people WHERE role = 'helpdesk'");
  const inbox = makeInbox(count, {
    staff: [...staff.keys()],
    seq: counters.get('sync') ?? 0,
    number: counters.get('ticket') ?? 0,
    now: Date.now(),
  });
  await models.people.bulkCreate(inbox.clients.map((person) => toRow(people, person)));
  for (let i = 0; i < count; i += rowsAtOnce) {
    const rows = inbox.tickets.slice(i, i + rowsAtOnce).map((ticket) => toRow(tickets, ticket));
    await models.tickets.bulkCreate(rows);
  }
  const lastSeq = inbox.tickets.at(-1)?.seq;
  await db.query(`UPDATE counters SET value = ${lastSeq} WHERE name = 'sync'`);
  await db.query(`UPDATE counters SET value = value + ${count} WHERE name = 'ticket'`);
  await db.query('ANALYZE TABLE tickets, people');
  return inbox.tickets;
}

/** Adds answers to every ticket, by its client and by staff in turn. @returns how many */
async function addMessages(server: Server, all: readonly Ticket[], each: number): Promise<number> {
  const { db, models } = server;
  let seq = all.at(-1)?.seq ?? 0;
  let waiting: Record<string, unknown>[] = [];
  const insert = async () => {
    if (waiting.length > 0) await models.messages.bulkCreate(waiting);
    waiting = [];
  };
  for (const ticket of all) {
    for (let n = 0; n < each; n += 1) {
      const writer =
        n % 2 === 0 || !ticket.assignee
          ? { author: ticket.client, authorName: 'A client', side: 'client' as const }
          : { author: ticket.assignee, authorName: 'Ana', side: 'staff' as const };
      const time = ticket.createdAt + n * 60_000;
      const input = { id: newId(time), kind: 'answer' as const, body: answer(n), ...writer };
      const times = { createdAt: time, updatedAt: time, writtenAt: time, seq: (seq += 1) };
      waiting.push(toRow(messages, { ...newMessage(ticket, input), ...times }));
    }
    if (waiting.length >= rowsAtOnce) await insert();
  }
  await insert();
  if (each > 0) await db.query(`UPDATE counters SET value = ${seq} WHERE name = 'sync'`);
  return all.length * each;
}

/** About 400 characters, as people write them. */
const answer = (n: number) =>
  `Answer ${n}. ${'We looked at the logs of the machine and saw that it was restarted twice in the night. '.repeat(4)}`;

async function valuesOf({ db }: Server, sql: string): Promise<Map<string, number>> {
  const [rows] = await db.query(sql);
  const found = rows as { name: string; value: string }[]; // the column names of the statements in this file
  return new Map(found.map(({ name, value }) => [name, Number(value)]));
}
