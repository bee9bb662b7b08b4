import type { Sequelize } from 'sequelize';
import { addPeople, named, type BenchPerson } from '../setting/people.ts';
import type { Server } from '../../server/context.ts';
import { positionOf } from '#sync/server/generation.ts';

/** One ticket in this many is open, in the billing queue, or was handed over. */
const oneOpenIn = 10;
const oneBillingIn = 5;
const oneLostIn = 50;
/** `ticketsOfClient` is fixed, so that only the number of clients grows with the total. */
export type Amount = { tickets: number; ticketsOfClient: number };

export type Filled = { client: BenchPerson; helpdesk: BenchPerson; admin: BenchPerson; head: number };

/**
 * Creates people and `tickets` tickets with one message each, like an installation after some years. The rows
 * are written by SQL, because a pull does not depend on how they were created. Each row has its own seq:
 * message, ticket, message, ticket, …
 */
export async function fill(server: Server, { tickets, ticketsOfClient }: Amount): Promise<Filled> {
  const clients = await addPeople(server, named('client', 'client', tickets / ticketsOfClient));
  const agents = await addPeople(server, [
    ...named('helpdesk', 'helpdesk', 5),
    ...named('accountant', 'accountant', 2),
    ...named('admin', 'admin', 1),
  ]);
  const { head: first } = await positionOf(server);
  const head = first + 2 * tickets;
  // All statements need the same connection, because the variables set here apply to one connection.
  await server.db.transaction(async (transaction) => {
    for (const sql of [
      ...clientTable(clients),
      // With these checks off, an empty table is filled sorted, index by index, which is ten times faster.
      'SET unique_checks = 0, foreign_key_checks = 0',
      ticketsSql({ tickets, ticketsOfClient }, first, agents),
      messagesSql({ tickets, ticketsOfClient }, first),
      removalsSql(tickets, first),
      `UPDATE counters SET value = ${head} WHERE name = 'sync'`,
      'SET unique_checks = 1, foreign_key_checks = 1',
    ]) {
      await server.db.query(sql, { transaction });
    }
  });
  await analyze(server.db);
  // The client with the newest ticket. At either size, this client has one row among the last ten tickets.
  const [client, helpdesk, admin] = [clients[tickets % clients.length], agents[0], agents.at(-1)];
  if (!client || !helpdesk || !admin) throw new Error('there is nobody to pull');
  return { client, helpdesk, admin, head };
}

/** The database would do this by itself some time after so many new rows. Here it must not depend on chance. */
async function analyze(db: Sequelize): Promise<void> {
  for (const table of ['tickets', 'messages', 'removals']) await db.query(`ANALYZE TABLE ${table}`);
}

/** A temporary table of clients by number, for the statements below. */
function clientTable(clients: readonly BenchPerson[]): string[] {
  const rows = clients.map(({ id }, n) => `(${n}, '${id}')`).join(', ');
  return [
    'CREATE TEMPORARY TABLE numbered (n INT PRIMARY KEY, id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin) ENGINE=MEMORY',
    `INSERT INTO numbered VALUES ${rows}`,
  ];
}

/** Tickets are one minute apart; the last one is created now. */
const minute = 60_000;
const timeOf = (tickets: number) => `(${Date.now()} - (${tickets} - s.seq) * ${minute})`;

/**
 * An SQL expression for an id like those of uuidv7: later ids sort later. `kind` (one hex digit) separates
 * tickets and messages.
 */
const idOf = (tickets: number, kind: string) =>
  `LOWER(INSERT(CONCAT(LPAD(HEX(${timeOf(tickets)}), 12, '0'), '-7${kind}00-8000-', LPAD(HEX(s.seq), 12, '0')), 9, 0, '-'))`;

const queue = `IF(s.seq % ${oneBillingIn} = 0, 'billing', 'technical')`;
const isOpen = `s.seq % ${oneOpenIn} = 0`;

function ticketsSql(
  { tickets, ticketsOfClient }: Amount,
  first: number,
  agents: readonly BenchPerson[],
): string {
  const time = timeOf(tickets);
  const helpdesk = agents.filter(({ role }) => role === 'helpdesk');
  const assignee = `ELT(1 + s.seq % ${helpdesk.length}, ${helpdesk.map(({ id }) => `'${id}'`).join(', ')})`;
  return `INSERT INTO tickets (id, created_at, updated_at, written_at, seq, number, order_id, client, queue, subject,
      status, closing_comment, assignee, priority, waiting_for, last_activity_at, recent, closed_at, closed_by)
    SELECT ${idOf(tickets, '0')}, ${time}, ${time}, ${time}, ${first} + 2 * s.seq, 1000 + s.seq, NULL, c.id, ${queue},
      CONCAT('Checkout of shop ', s.seq, ' answers slowly since the update'),
      IF(${isOpen}, 'open', 'closed'), IF(${isOpen}, NULL, 'Cache emptied, limit raised.'), ${assignee},
      IF(s.seq % 7 = 0, 'high', 'normal'), IF(s.seq % 20 = 0, 'us', 'client'), ${time}, -${time},
      IF(${isOpen}, NULL, ${time}), IF(${isOpen}, NULL, ${assignee})
    FROM seq_1_to_${tickets} s STRAIGHT_JOIN numbered c ON c.n = s.seq % ${tickets / ticketsOfClient}`;
}

function messagesSql({ tickets, ticketsOfClient }: Amount, first: number): string {
  const time = timeOf(tickets);
  return `INSERT INTO messages (id, created_at, updated_at, written_at, seq, ticket, client, queue, author, author_name,
      side, kind, body, event, channel, redacted, email_state)
    SELECT ${idOf(tickets, '1')}, ${time}, ${time}, ${time}, ${first} - 1 + 2 * s.seq, ${idOf(tickets, '0')}, c.id,
      ${queue}, c.id, 'client', 'client', 'answer',
      CONCAT('Every page of shop ', s.seq, ' takes more than ten seconds. ', REPEAT('It was fine yesterday. ', 8)),
      NULL, 'app', 0, 'due'
    FROM seq_1_to_${tickets} s STRAIGHT_JOIN numbered c ON c.n = s.seq % ${tickets / ticketsOfClient}`;
}

/** Removals for tickets that were handed over: staff of only the first queue must drop them. */
function removalsSql(tickets: number, first: number): string {
  return `INSERT INTO removals (id, seq, collection, document, audience)
    SELECT ${idOf(tickets, '2')}, ${first} + 2 * s.seq, 'tickets', ${idOf(tickets, '0')}, 'helpdesk'
    FROM seq_1_to_${tickets} s WHERE s.seq % ${oneLostIn} = 0`;
}
