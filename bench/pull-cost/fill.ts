import type { Sequelize } from 'sequelize';
import { addPeople, named, type Somebody } from '../setting/people.ts';
import type { Server } from '../../server/context.ts';
import { headOf } from '#sync/server/seq.ts';

/** One ticket in so many is open, in billing, or has left somebody's sight. */
const oneOpenIn = 10;
const oneBillingIn = 5;
const oneLostIn = 50;
/** A client has so many tickets, so that only the number of clients grows with the total. */
export type Amount = { tickets: number; ticketsOfClient: number };

export type Filled = { client: Somebody; helpdesk: Somebody; admin: Somebody; head: number };

/**
 * People, and `tickets` tickets with a message each, as an installation has them after some years: written by SQL, as
 * nothing of a pull depends on how rows came. A change is one seq: message, ticket, message, ticket, …
 */
export async function fill(server: Server, { tickets, ticketsOfClient }: Amount): Promise<Filled> {
  const clients = await addPeople(server, named('client', 'client', tickets / ticketsOfClient));
  const agents = await addPeople(server, [
    ...named('helpdesk', 'helpdesk', 5),
    ...named('accountant', 'accountant', 2),
    ...named('admin', 'admin', 1),
  ]);
  const first = await headOf(server);
  const head = first + 2 * tickets;
  // One connection, as what is set here is its own.
  await server.db.transaction(async (transaction) => {
    for (const sql of [
      ...clientTable(clients),
      // An empty table is then filled sorted, index by index: ten times faster.
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
  // Whose ticket the newest is: this client's pulls have one row of the last ten tickets at either size.
  const [client, helpdesk, admin] = [clients[tickets % clients.length], agents[0], agents.at(-1)];
  if (!client || !helpdesk || !admin) throw new Error('there is nobody to pull');
  return { client, helpdesk, admin, head };
}

/** The server would do this by itself some time after so many new rows; here it is not left to chance. */
async function analyze(db: Sequelize): Promise<void> {
  for (const table of ['tickets', 'messages', 'removals']) await db.query(`ANALYZE TABLE ${table}`);
}

/** Clients by number, for the statements below. */
function clientTable(clients: readonly Somebody[]): string[] {
  const rows = clients.map(({ id }, n) => `(${n}, '${id}')`).join(', ');
  return [
    'CREATE TEMPORARY TABLE numbered (n INT PRIMARY KEY, id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin) ENGINE=MEMORY',
    `INSERT INTO numbered VALUES ${rows}`,
  ];
}

/** A minute between two tickets, the last one now. */
const minute = 60_000;
const timeOf = (tickets: number) => `(${Date.now()} - (${tickets} - s.seq) * ${minute})`;

/** An id as uuidv7 makes them: later ones sort later. `kind` (one hex digit) keeps tickets and messages apart. */
const idOf = (tickets: number, kind: string) =>
  `LOWER(INSERT(CONCAT(LPAD(HEX(${timeOf(tickets)}), 12, '0'), '-7${kind}00-8000-', LPAD(HEX(s.seq), 12, '0')), 9, 0, '-'))`;

const queue = `IF(s.seq % ${oneBillingIn} = 0, 'billing', 'technical')`;
const isOpen = `s.seq % ${oneOpenIn} = 0`;

function ticketsSql(
  { tickets, ticketsOfClient }: Amount,
  first: number,
  agents: readonly Somebody[],
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

/** Tickets that were handed over: who works only the first queue is told that they left. */
function removalsSql(tickets: number, first: number): string {
  return `INSERT INTO removals (id, seq, collection, document, audience)
    SELECT ${idOf(tickets, '2')}, ${first} + 2 * s.seq, 'tickets', ${idOf(tickets, '0')}, 'helpdesk'
    FROM seq_1_to_${tickets} s WHERE s.seq % ${oneLostIn} = 0`;
}
