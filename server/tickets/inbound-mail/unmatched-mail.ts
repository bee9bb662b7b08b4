import { isClient } from '#shared/people/role.ts';
import { randomBytes } from 'node:crypto';
import { Op } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import type { ContactForm, InboundMailQuery } from '#shared/tickets/inbound-mail-input.ts';
import { findPerson } from '../../people/find-person.ts';
import { countTry } from '../../people/throttle.ts';
import { newMessage } from '#shared/tickets/new-message.ts';
import { newTicket, noSubject } from '#shared/tickets/new-ticket.ts';
import { queuesOf } from '#shared/tickets/queues.ts';
import { leastLoaded } from '../least-loaded.ts';
import { settings } from '../../settings/settings.ts';
import { messageOf, storeFilesOf, type MailContent } from './mail-message.ts';
import { contentOfMail } from './original-mail.ts';
import type { MailRow } from './stored-mail.ts';
import type { Actor } from '#shared/people/actor.ts';
import { view } from '#shared/rights.ts';
import { type Server, transact, type Tx, commandBy } from '../../context.ts';
import { allEmails, email, people, type Person } from '#shared/people/schema.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { type Ticket, tickets } from '#shared/tickets/schema.ts';
import { findRow, findRows } from '../../models/rows.ts';
import type { Ok } from '#shared/ok.ts';
import type { IncomingRow, MailList } from '#shared/tickets/api.ts';

/* E-mails that match no ticket. Staff adds them to a ticket, opens a new ticket for them, or dismisses them. */

const pageSize = 50;
const recentMs = 30 * 86_400_000;

/** Lists a page of e-mails in the actor's queues, newest first, and the number of unmatched ones. */
export async function listMail(
  server: Server,
  actor: Actor,
  { state, before }: InboundMailQuery,
): Promise<MailList> {
  const rows = await findRows(server.models.incoming, {
    where: { queue: queuesOf(actor.role), state, ...(before === null ? {} : { id: { [Op.lt]: before } }) },
    attributes: { exclude: ['mailKey'] }, // no client needs it
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
        // A placed e-mail is shown in its ticket, to the people who may see that ticket.
        body: state === 'placed' ? '' : body,
        why,
        ticket,
        receivedAt,
      };
    }),
    unmatched,
    dropped: await server.models.incoming.count({
      where: {
        queue: queuesOf(actor.role),
        state: 'dropped',
        receivedAt: { [Op.gt]: server.now() - recentMs },
      },
    }),
  };
}

/** Number of unmatched e-mails in the queues that the actor works. */
export function countUnmatched(server: Server, actor: Actor): Promise<number> {
  return server.models.incoming.count({ where: { queue: queuesOf(actor.role), state: 'unmatched' } });
}

/** Adds an e-mail to a ticket that the actor can see. @throws DomainError 'not-found' with the field */
export async function attachMail(
  server: Server,
  actor: Actor,
  { id, ticket: ticketId }: { id: string; ticket: string },
): Promise<{ ticket: string }> {
  const content = await contentOfMail(server, actor, id);
  return handle(server, actor, {
    id,
    work: async (tx, mail) => {
      const ticket = await tx.load(tickets, ticketId);
      if (!ticket || !view(actor, 'tickets', ticket)) throw new DomainError('not-found', 'ticket');
      return { ticket: ticket.id, message: await addMessage(tx, ticket, { mail, content }) };
    },
  });
}

/** Opens a ticket for the sender: an existing client, or a new person without an account, stored with name and address. */
export async function openFromMail(
  server: Server,
  actor: Actor,
  { id, queue }: { id: string; queue: Ticket['queue'] },
): Promise<{ ticket: string }> {
  if (!queuesOf(actor.role).includes(queue)) throw new DomainError('not-allowed', 'queue');
  const content = await contentOfMail(server, actor, id);
  return handle(server, actor, {
    id,
    work: async (tx, mail) => {
      const known = await senderOf(tx, mail);
      if (known && !isClient(known)) throw new DomainError('not-allowed', 'sender');
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
      return { ticket: ticket.id, message: await addMessage(tx, ticket, { mail, content }) };
    },
  });
}

/** Marks an e-mail as dismissed. */
export async function dismissMail(server: Server, actor: Actor, id: string): Promise<Ok> {
  await handle(server, actor, { id, work: () => Promise.resolve(null) });
  return { ok: true };
}

/** Stores a message from the contact form as an unmatched e-mail. `address` is the visitor's IP address. */
export async function contact(server: Server, form: ContactForm, address: string): Promise<Ok> {
  for (const name of [`contact from ${address}`, `contact of ${form.email}`]) {
    await countTry(server, { name, most: 5 });
  }
  const id = server.newId();
  await server.models.incoming.create({
    id,
    mailKey: randomBytes(32).toString('hex'),
    receivedAt: server.now(),
    source: 'form',
    queue: 'technical',
    sender: form.email,
    senderName: form.name,
    recipient: '',
    subject: form.subject,
    body: form.body,
    state: 'unmatched',
    why: 'form',
    ticket: null,
    message: null,
    handledBy: null,
    handledAt: null,
  });
  return { ok: true };
}

/** Handles an e-mail once: if two people handle it at the same time, the second gets 'changed-meanwhile'. */
async function handle(
  server: Server,
  actor: Actor,
  {
    id,
    work,
  }: { id: string; work: (tx: Tx, mail: MailRow) => Promise<{ ticket: string; message: string } | null> },
): Promise<{ ticket: string }> {
  const { result } = await transact(server, commandBy(server, actor), async (tx) => {
    const { transaction } = tx;
    const mail = await findRow(server.models.incoming, {
      where: { id, queue: queuesOf(actor.role) },
      lock: transaction.LOCK.UPDATE,
      transaction,
    });
    if (!mail) throw new DomainError('not-found', 'id');
    // A dropped e-mail can be handled too: a person may have written it after all.
    if (mail.state !== 'unmatched' && mail.state !== 'dropped')
      throw new DomainError('changed-meanwhile', 'mail', mail.state);
    const placed = await work(tx, mail);
    const state = placed ? 'placed' : 'dismissed';
    const { ticket = null, message = null } = placed ?? {};
    const patch = { state, ticket, message, handledBy: actor.id, handledAt: tx.now };
    await server.models.incoming.update(patch, { where: { id }, transaction });
    tx.note({ collection: 'incoming', document: id, action: state, changes: { ticket: [null, ticket] } });
    return { ticket: ticket ?? '' };
  });
  return result;
}

/** Adds the e-mail to a ticket as a message of its sender, not of the staff member who adds it. */
async function addMessage(
  tx: Tx,
  ticket: Ticket,
  { mail, content }: { mail: MailRow; content: MailContent | null },
): Promise<string> {
  const { server } = tx;
  // Anybody can type any address into the form, so the message is not attributed to a person.
  const person = mail.source === 'form' ? null : await senderOf(tx, mail);
  const isTheirs = person?.id === ticket.client;
  // A sender address alone does not prove that staff wrote it, so it becomes a note that clients cannot see.
  const isStaff = person !== null && !isClient(person);
  const { subject, body: text } = mail;
  // Nothing proves the sender of an e-mail that matched no reply address.
  const { body, email, files } = await messageOf(content ?? { subject, text, attachments: [] }, {
    ours: null,
    isVerified: false,
  });
  const document = newMessage(ticket, {
    id: server.newId(),
    author: isTheirs ? person.id : null,
    // If another person wrote it, the message shows who.
    authorName: isTheirs ? person.displayName : `${mail.senderName} <${mail.sender}>`.slice(0, 80),
    side: isStaff ? 'staff' : 'client',
    kind: isStaff ? 'note' : 'answer',
    body,
    channel: mail.source === 'form' ? 'app' : 'email',
    email: mail.source === 'form' ? null : email,
  });
  const message = await tx.create(messages, document);
  const visibility = isStaff ? 'staff' : 'client';
  await storeFilesOf(tx, files, { message: message.id, ticket: ticket.id, visibility });
  return message.id;
}

/** MariaDB ignores accents when it compares, so the address has to be exactly the same. */
async function senderOf(tx: Tx, { sender }: MailRow): Promise<Person | null> {
  const person = sender ? await findPerson(tx.server, { email: sender }, tx.transaction) : null;
  return person?.email === sender ? person : null;
}

async function createOutside(tx: Tx, mail: MailRow): Promise<Person> {
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
    taxHold: null,
  });
}
