import { dayOf } from '#shared/billing/period.ts';
import type { Documents } from '#shared/collections.ts';
import type { FileDocument } from '#shared/files/schema.ts';
import type { Server } from '../context.ts';
import { toDocument } from '#sync/server/row.ts';
import { settings } from '../settings/settings.ts';
import {
  ticketAnswered,
  ticketAssigned,
  ticketClosed,
  ticketClosingSoon,
  ticketHandedOver,
  ticketOpened,
  ticketReopened,
  type TicketData,
} from './email-texts.ts';
import type { Email } from '../email/compose.ts';
import { find, EmailObsolete, plain, type Writer, type WrittenEmail } from '../email/template.ts';

/** E-mails about a ticket; `document` is the ticket, or the message or event in its thread. */
export const ticketWriters = {
  'ticket-opened': async (server, frame, { document }) => {
    const ticket = await find(server, 'tickets', document);
    const [first] = await server.models.messages.findAll({
      where: { ticket: ticket.id, kind: 'answer' },
      order: [['createdAt', 'ASC']],
      limit: 1,
      raw: true,
    });
    const message = first && toDocument('messages', first);
    const body = message?.body ?? null;
    const by = message?.side === 'staff' ? message.authorName : null;
    const assignee = ticket.assignee ? (await find(server, 'people', ticket.assignee)).displayName : null;
    const data = await ticketData(server, ticket);
    return ofTicket(data, ticketOpened(frame, data, { body, assignee, by }));
  },
  'ticket-answered': async (server, frame, { document }) => {
    const message = await find(server, 'messages', document);
    const ticket = await ticketData(server, await find(server, 'tickets', message.ticket));
    const announced = await filesOf(server, message.id);
    const isComing = announced.some(({ state }) => state === 'expected');
    if (frame.outside && isComing && server.now() - message.createdAt < filesWaitMs)
      throw new Error('its files are still on their way');
    const files = frame.outside ? announced.filter(({ state }) => state !== 'expected') : announced;
    const names = files.map(({ fileName }) => fileName);
    const data = { author: message.authorName, body: message.body, files: names };
    const email = ofTicket(ticket, ticketAnswered(frame, ticket, data));
    // Who has no account reads them nowhere else.
    return frame.outside ? { ...email, attachments: asMuchAsGoes(files) } : email;
  },
  'ticket-closed': async (server, frame, { document }) => {
    const event = await find(server, 'messages', document);
    const ticket = await find(server, 'tickets', event.ticket);
    const data = { by: event.authorName, fixed: event.event?.to !== 'nofix', comment: ticket.closingComment };
    return ofTicket(ticket, ticketClosed(frame, await ticketData(server, ticket), data));
  },
  'ticket-assigned': async (server, frame, { document }) => {
    const event = await find(server, 'messages', document);
    const ticket = await ticketData(server, await find(server, 'tickets', event.ticket));
    return ofTicket(ticket, ticketAssigned(frame, ticket, { by: event.authorName }));
  },
  'ticket-reopened': async (server, frame, { document }) => {
    const event = await find(server, 'messages', document);
    const ticket = await ticketData(server, await find(server, 'tickets', event.ticket));
    return ofTicket(ticket, ticketReopened(frame, ticket));
  },
  'ticket-handed-over': async (server, frame, { document }) => {
    const event = await find(server, 'messages', document);
    const ticket = await ticketData(server, await find(server, 'tickets', event.ticket));
    const queue = event.event?.to === 'billing' ? 'billing' : 'technical';
    return ofTicket(ticket, ticketHandedOver(frame, ticket, { by: event.authorName, queue }));
  },
  'ticket-closing-soon': async (server, frame, { document, createdAt }) => {
    const ticket = await find(server, 'tickets', document);
    // Answered or closed before the e-mail went out: there is nothing to say.
    if (ticket.status !== 'open' || ticket.waitingFor === 'us') throw new EmailObsolete('the ticket goes on');
    const { closeAfterDays, closeWarningDays, timeZone } = await settings(server);
    const dayMs = 86_400_000;
    const idleEnd = ticket.lastActivityAt + closeAfterDays * dayMs;
    const on = dayOf(Math.max(idleEnd, createdAt + closeWarningDays * dayMs), timeZone);
    return ofTicket(ticket, ticketClosingSoon(frame, await ticketData(server, ticket), { on }));
  },
} satisfies Record<string, Writer>;

/** Mail servers refuse e-mails from some size on, and with them the answer: what is too much is only named. */
const mostAttachedBytes = 10_000_000;
function asMuchAsGoes(files: readonly FileDocument[]): FileDocument[] {
  let left = mostAttachedBytes;
  return files.filter(({ size }) => {
    if (size > left) return false;
    left -= size;
    return true;
  });
}

/** An e-mail to somebody outside waits so long for the files of an answer that its device still has to send. */
const filesWaitMs = 10 * 60_000;

async function filesOf(server: Server, message: string): Promise<FileDocument[]> {
  const where = { message, visibility: 'client' };
  const rows = await server.models.files.findAll({ where, order: ['id'], raw: true });
  return rows.map((row) => toDocument('files', row));
}

async function ticketData(server: Server, ticket: Documents['tickets']): Promise<TicketData> {
  const client = await find(server, 'people', ticket.client);
  return {
    id: ticket.id,
    number: ticket.number ?? 0,
    subject: ticket.subject,
    clientName: client.displayName,
  };
}

/** An e-mail that can be answered: the answer belongs to this ticket. */
function ofTicket({ id }: { id: string }, email: Email): WrittenEmail {
  return { ...plain(email), ticket: id };
}
