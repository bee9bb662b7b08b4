import type { Api } from '../../server/test/api.ts';
import { collections } from '#shared/collections.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { pushRows, type Row } from '#sync/client/push-rows.ts';
import { createRequests } from '#sync/client/requests.ts';
import { addPeople, named, openSessions, type BenchPerson } from '../setting/people.ts';
import { answerBy, openTicket, type Ticket } from '../setting/threads.ts';
import { apiOf } from '../setting/wire-client.ts';
import type { Server } from '../../server/context.ts';

/** A person who writes offline: their API session, and the tickets they answer. */
export type Writer = { api: Api; person: BenchPerson; tickets: Ticket[] };
/** A writer with the unsent rows of their replica. */
export type Backlog = Writer & { rows: Row[] };

const ticketsOfClient = 4;
/** The batch size of a replica's pushes (sync/client/replicate.ts). */
const batch = 50;

/**
 * Opens sessions for 90 % clients, who answer in their own tickets, and 10 % agents, who each answer one
 * ticket of many clients.
 */
export async function openWriters(server: Server, url: string, replicas: number): Promise<Writer[]> {
  const agents = await addPeople(server, named('helpdesk', 'helpdesk', Math.round(replicas / 10)));
  const clients = await addPeople(server, named('client', 'client', replicas - agents.length));
  const cookies = await openSessions(server, [...agents, ...clients]);
  const apiFor = ({ id }: BenchPerson) => apiOf(url, cookies.get(id) ?? '');
  const writers: Writer[] = [];
  for (const person of clients) {
    const tickets: Ticket[] = [];
    for (let i = 0; i < ticketsOfClient; i += 1) {
      tickets.push(await openTicket(server, person, `Checkout ${i + 1} of ${person.username} is slow`));
    }
    writers.push({ api: apiFor(person), person, tickets });
  }
  const ofClients = writers.flatMap(({ tickets }) => tickets);
  for (const [n, person] of agents.entries()) {
    const tickets = ofClients.filter((_, i) => i % agents.length === n);
    writers.push({ api: apiFor(person), person, tickets });
  }
  return writers;
}

/** Creates unsent answers. Each has a unique text that begins with the word. */
export function writeOffline(
  server: Server,
  writers: readonly Writer[],
  { each, word }: { each: number; word: string },
): Backlog[] {
  return writers.map((writer) => {
    const rows = Array.from({ length: each }, (_, i): Row => {
      const ticket = writer.tickets[i % writer.tickets.length];
      if (!ticket) throw new Error(`${writer.person.username} has no ticket to answer`);
      const body = `${word} ${writer.person.username} ${i}: the limit was raised, please look whether it is faster now.`;
      return {
        base: null,
        next: answerBy(writer.person, ticket, { id: server.newId(), body, now: server.now() }),
      };
    });
    return { ...writer, rows };
  });
}

const silent = {
  answered: () => undefined,
  failed: () => undefined,
  signedOut: () => undefined,
  accessLost: () => undefined,
  outdated: () => undefined,
};

/**
 * All replicas come online at once and push as the product's replica does.
 *
 * @returns the number of answers accepted
 */
export async function pushAll(backlogs: readonly Backlog[]): Promise<number> {
  const accepted = await Promise.all(
    backlogs.map(async ({ api, person, rows }) => {
      const session = { api: api.sync, person: person.id, epoch: 0, device: person.username, now: Date.now };
      const requests = createRequests({ ...session, definitions: collections, reports: silent });
      let count = 0;
      for (let i = 0; i < rows.length; i += batch) {
        const some = rows.slice(i, i + batch);
        const { documents, refusals } = await pushRows(requests, { collection: messages }, some);
        if (refusals[0]) throw new Error(`an answer was refused: ${JSON.stringify(refusals[0])}`);
        count += documents.length;
      }
      return count;
    }),
  );
  return accepted.reduce((sum, count) => sum + count, 0);
}
