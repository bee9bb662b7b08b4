import { randomBytes } from 'node:crypto';
import { Op } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import type { ContactForm, InboundMailQuery } from '#shared/tickets/inbound-mail-input.ts';
import { findPerson } from '../../people/find-person.ts';
import { countTry } from '../../people/throttle.ts';
import { newMessage } from '#shared/tickets/new-message.ts';
import { newTicket } from '#shared/tickets/new-ticket.ts';
import { queuesOf } from '#shared/tickets/queues.ts';
import { leastLoaded } from '../least-loaded.ts';
import { settings } from '../../settings/settings.ts';
import { mailparser } from './parse-mail.ts';
import { bodyOf, isCutOff, keepAttachments, noSubject } from './receive-mail.ts';
import type { Actor } from '#shared/people/actor.ts';
import { view } from '#shared/rights.ts';
import { type Server, transact, type Tx, commandBy } from '../../context.ts';
import { allEmails, email, people, type Person } from '#shared/people/schema.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { type Ticket, tickets } from '#shared/tickets/schema.ts';
import type { ServerRow } from '../../models/models.ts';
import { findRow, findRows } from '../../models/rows.ts';
import type { Ok } from '#shared/ok.ts';
import type { IncomingRow, MailList } from '#shared/tickets/api.ts';

/** What came in and fits no ticket, as staff looks through it: to a ticket by hand, a ticket of its own, or nothing. */

const pageSize = 50;

type Row = ServerRow<'incoming'>;

export async function listMail(
  server: Server,
  actor: Actor,
  { state, before }: InboundMailQuery,
): Promise<MailList> {
  const mine = { queue: queuesOf(actor.role) };
  const rows = await findRows(server.models.incoming, {
    where: { ...mine, state, ...(before === null ? {} : { id: { [Op.lt]: before } }) },
    attributes: { exclude: ['raw', 'mailKey'] }, // large, and nobody's business
    order: [['id', 'DESC']],
    limit: pageSize,
  });
  const unmatched = await countUnmatched(server, actor);
  return {
    mails: rows.map((row): IncomingRow => {
      const { id, source, sender, senderName, subject, body, why, ticket, receivedAt } = row;
      return {
        id,
        source,
        sender,
        senderName,
        subject,
        // In a ticket it is for who sees that ticket.
        body: state === 'placed' ? '' : body,
        why,
        ticket,
        receivedAt,
      };
    }),
    unmatched,
  };
}

/** How many mails of the queues that the actor works wait to be looked at. */
export function countUnmatched(server: Server, actor: Actor): Promise<number> {
  return server.models.incoming.count({ where: { queue: queuesOf(actor.role), state: 'unmatched' } });
}

/** Puts a mail into a ticket that the actor sees. @throws DomainError 'not-found' naming which */
export async function attachMail(
  server: Server,
  actor: Actor,
  { id, ticket: wanted }: { id: string; ticket: string },
): Promise<{ ticket: string }> {
  return handle(server, actor, {
    id,
    work: async (tx, mail) => {
      const ticket = await tx.load(tickets, wanted);
      if (!ticket || !view(actor, 'tickets', ticket)) throw new DomainError('not-found', 'ticket');
      return { ticket: ticket.id, message: await addMessage(tx, ticket, mail) };
    },
  });
}

/** Opens a ticket for whoever wrote it: a client, or somebody outside, who is known by name and address from then on. */
export async function openFromMail(
  server: Server,
  actor: Actor,
  { id, queue }: { id: string; queue: Ticket['queue'] },
): Promise<{ ticket: string }> {
  if (!queuesOf(actor.role).includes(queue)) throw new DomainError('not-allowed', 'queue');
  return handle(server, actor, {
    id,
    work: async (tx, mail) => {
      const known = await senderOf(tx, mail);
      if (known && known.role !== 'client') throw new DomainError('not-allowed', 'sender');
      if (known?.status === 'unverified') throw new DomainError('not-allowed', 'sender');
      const client = known ?? (await createOutside(tx, mail));
      const ticket = await tx.create(
        tickets,
        newTicket(
          {
            id: server.newId(),
            number: await tx.count('ticket'),
            client: client.id,
            queue,
            subject: mail.subject.slice(0, 150).trim() || noSubject,
            assignee: await leastLoaded(tx, queue),
          },
          tx.now,
        ),
      );
      return { ticket: ticket.id, message: await addMessage(tx, ticket, mail) };
    },
  });
}

/** Nothing is to be done about it. */
export async function dismissMail(server: Server, actor: Actor, id: string): Promise<Ok> {
  await handle(server, actor, { id, work: () => Promise.resolve(null) });
  return { ok: true };
}

/** Somebody without an account writes to the provider. */
export async function contact(server: Server, given: ContactForm, address: string): Promise<Ok> {
  for (const name of [`contact from ${address}`, `contact of ${given.email}`]) {
    await countTry(server, { name, most: 5 });
  }
  const id = server.newId();
  await server.models.incoming.create({
    id,
    mailKey: randomBytes(32).toString('hex'),
    receivedAt: server.now(),
    source: 'form',
    queue: 'technical',
    sender: given.email,
    senderName: given.name,
    recipient: '',
    raw: null,
    subject: given.subject,
    body: given.body,
    state: 'unmatched',
    why: 'form',
    ticket: null,
    message: null,
    handledBy: null,
    handledAt: null,
  });
  return { ok: true };
}

/** Takes a mail that nobody has handled yet; of two people at once one gets it. */
async function handle(
  server: Server,
  actor: Actor,
  {
    id,
    work,
  }: { id: string; work: (tx: Tx, mail: Row) => Promise<{ ticket: string; message: string } | null> },
): Promise<{ ticket: string }> {
  const { result } = await transact(server, commandBy(server, actor), async (tx) => {
    const { transaction } = tx;
    const mail = await findRow(server.models.incoming, {
      where: { id, queue: queuesOf(actor.role) },
      lock: transaction.LOCK.UPDATE,
      transaction,
    });
    if (!mail) throw new DomainError('not-found', 'id');
    // What was taken for a machine's may be somebody's after all.
    if (mail.state !== 'unmatched' && mail.state !== 'dropped')
      throw new DomainError('changed-meanwhile', 'mail', mail.state);
    const placed = await work(tx, mail);
    const state = placed ? 'placed' : 'dismissed';
    const { ticket = null, message = null } = placed ?? {};
    const handled = { state, ticket, message, handledBy: actor.id, handledAt: tx.now };
    await server.models.incoming.update(handled, { where: { id }, transaction });
    tx.note({ collection: 'incoming', document: id, action: state, changes: { ticket: [null, ticket] } });
    return { ticket: ticket ?? '' };
  });
  return result;
}

const tooLarge = 'the mail was too large to be kept whole: files at its end are missing';

/** The words are their writer's, whoever put them there. */
async function addMessage(tx: Tx, ticket: Ticket, mail: Row): Promise<string> {
  const { server } = tx;
  // An address that somebody typed into the form proves nothing: those words are nobody's in particular.
  const person = mail.source === 'form' ? null : await senderOf(tx, mail);
  const isTheirs = person?.id === ticket.client;
  // In the name of staff nothing goes to a client by an address alone: it is kept where staff reads it.
  const isStaff = person !== null && person.role !== 'client';
  const whole = mail.raw ? await (await mailparser()).simpleParser(mail.raw) : { attachments: [] };
  const isCut = mail.raw !== null && isCutOff(mail.raw);
  const parsed = { attachments: isCut ? whole.attachments.slice(0, -1) : whole.attachments };
  const words = isCut ? `${mail.body.slice(0, 18_000)}\n\n[${tooLarge}]` : mail.body;
  const written = newMessage(ticket, {
    id: server.newId(),
    author: isTheirs ? person.id : null,
    // Somebody else's words in a client's ticket say whose they are.
    authorName: isTheirs ? person.displayName : `${mail.senderName} <${mail.sender}>`.slice(0, 80),
    side: isStaff ? 'staff' : 'client',
    kind: isStaff ? 'note' : 'answer',
    body: await bodyOf(parsed, words),
    channel: mail.source === 'form' ? 'app' : 'email',
  });
  const message = await tx.create(messages, written);
  const visibility = isStaff ? 'staff' : 'client';
  await keepAttachments(tx, parsed, { message: message.id, ticket: ticket.id, visibility });
  return message.id;
}

/** MariaDB compares without accents: only the very same address is a person's. */
async function senderOf(tx: Tx, { sender }: Row): Promise<Person | null> {
  const person = sender ? await findPerson(tx.server, { email: sender }, tx.transaction) : null;
  return person?.email === sender ? person : null;
}

async function createOutside(tx: Tx, mail: Row): Promise<Person> {
  if (!email().safeParse(mail.sender).success) throw new DomainError('invalid', 'sender');
  const { language } = await settings(tx.server, tx.transaction);
  return tx.create(people, {
    id: tx.server.newId(),
    username: `outside-${randomBytes(6).toString('hex')}`,
    displayName: mail.senderName.slice(0, 80) || mail.sender.slice(0, 80),
    email: mail.sender,
    role: 'client',
    status: 'outside',
    language,
    available: false,
    preferences: allEmails,
    identity: null,
    taxTreatment: null,
  });
}
