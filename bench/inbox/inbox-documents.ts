import { uuidv7 } from '#shared/engine/ids.ts';
import { allEmails, type Person } from '#shared/people/schema.ts';
import { newTicket } from '#shared/tickets/new-ticket.ts';
import type { Ticket } from '#shared/tickets/schema.ts';

/**
 * The tickets of a busy helpdesk and the clients who wrote them. Every run has the same ones, only shifted in
 * time.
 */

const minute = 60_000;
const day = 24 * 60 * minute;
/**
 * The period over which the tickets are spread: a provider with 25 tickets a day has 20,000 after about two
 * years.
 */
const span = 400 * day;
/** One in this many tickets is open, regardless of age, so a list of open tickets needs more than the last rows. */
const openEvery = 10;

const firstNames =
  'Alba Andrés Beatriz Carlos Carmen Daniel Elena Fernando Gabriela Hugo Irene Javier Laura Manuel Nuria Óscar Paula Raúl Sara Víctor';
const familyNames =
  'Aguilar Benítez Campos Delgado Esteban Ferrer Gallego Herrero Iglesias Jurado Lozano Marín Navas Ortega Prieto Rivas';
const things =
  'mail server|web shop|staging site|nightly backup|VPN on the laptops|database|DNS of our domain|TLS certificate|SFTP access|contact form';
const troubles =
  'stopped answering this morning|is very slow after the update|gives an error 500 now and then|asks for a password again and again|is not reachable from the office|shows an old version|fills the disk|refuses large files';
const causes = [
  'The disk of the node was full of old logs; they are rotated every night now and an alarm tells us at 80 percent.',
  'A rule of the firewall dropped answers larger than one packet, which was changed on both nodes.',
  'The certificate had been renewed but the service still held the old one; the renewal restarts it from now on.',
  'An update of the library changed a default, so we set the old value and wrote it down in the notes of the order.',
  'The name server of the registrar answered with an old address until its time to live had passed.',
];
const ends = [
  'We watched it for a day and it stayed quiet. Write to us again if you see it once more.',
  'Please delete the file that you made for the test, it is not needed any more.',
  'Nothing is to be done on your side, and nothing was lost meanwhile.',
];

export type Inbox = { clients: Person[]; tickets: Ticket[] };

/** The staff, by id, and the last numbers used. */
export type InboxStart = {
  staff: readonly string[];
  /** The last seq and the last ticket number in use. */
  seq: number;
  number: number;
  /** Milliseconds since 1970. All tickets were written before this time. */
  now: number;
};

/** @returns the tickets in the order of their seq, which is the order of their last change */
export function makeInbox(count: number, { staff, seq, number, now }: InboxStart): Inbox {
  const random = mulberry32(20_261);
  const pick = <T>(list: readonly T[]): T => {
    const found = list[Math.floor(random() * list.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  };
  const newId = (time: number) =>
    uuidv7(
      time,
      Uint8Array.from({ length: 10 }, () => random() * 256),
    );

  const clients = clientsOf(newId, now - span - day).map((client, i) => ({ ...client, seq: seq + i + 1 }));
  const tickets = Array.from({ length: count }, (_, i): Ticket => {
    const createdAt = now - span + Math.floor((i / count) * (span - 4 * day));
    const lastActivityAt = createdAt + 5 * minute + Math.floor(random() * 3 * day);
    const open = Math.floor(random() * openEvery) === 0;
    const assignee = open && random() < 0.5 ? null : pick(staff);
    const input = {
      id: newId(createdAt),
      number: number + i + 1,
      client: pick(clients).id,
      queue: 'technical' as const,
      subject: `The ${pick(things.split('|'))} ${pick(troubles.split('|'))}`,
      assignee,
    };
    const closingComment = open ? null : `${pick(causes)} ${pick(ends)}`;
    const priority = random() < 0.1 ? ('high' as const) : ('normal' as const);
    return {
      ...newTicket({ ...input, priority }, lastActivityAt),
      createdAt,
      updatedAt: lastActivityAt,
      writtenAt: lastActivityAt,
      seq: 0, // set below
      status: open ? 'open' : 'closed',
      closingComment,
      waitingFor: open && random() < 0.6 ? 'us' : 'client',
      closedAt: open ? null : lastActivityAt,
      closedBy: open ? null : assignee,
    };
  });
  tickets.sort((a, b) => a.lastActivityAt - b.lastActivityAt);
  return { clients, tickets: tickets.map((ticket, i) => ({ ...ticket, seq: seq + clients.length + i + 1 })) };
}

/** The numbers of the newest open tickets, newest first, as the inbox must show them. */
export function newestOpen(tickets: readonly Ticket[], count: number): number[] {
  return tickets
    .filter(({ status }) => status === 'open')
    .sort((a, b) => a.recent - b.recent)
    .slice(0, count)
    .flatMap((ticket) => ticket.number ?? []);
}

function clientsOf(newId: (time: number) => string, time: number): Person[] {
  return firstNames.split(' ').flatMap((first) =>
    familyNames.split(' ').map((family): Person => {
      const username = `${first}.${family}`.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
      return {
        id: newId(time),
        createdAt: time,
        updatedAt: time,
        writtenAt: time,
        seq: 0,
        username,
        displayName: `${first} ${family}`,
        email: `${username}@clients.example`,
        role: 'client',
        status: 'verified',
        language: 'es',
        available: false,
        preferences: allEmails,
        identity: null,
        taxTreatment: null,
        taxHold: null,
      };
    }),
  );
}

/** A random number generator with the same sequence in every run. Returns numbers from 0 to below 1. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
