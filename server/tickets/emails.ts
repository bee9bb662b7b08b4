import { dayOf } from '#shared/billing/period.ts';
import { files, type FileDocument } from '#shared/files/schema.ts';
import { messages, type Message } from '#shared/tickets/message-schema.ts';
import type { Queue } from '#shared/tickets/queues.ts';
import { tickets, type Ticket } from '#shared/tickets/schema.ts';
import { findDocument, findDocuments } from '#sync/server/row.ts';
import type { Server } from '../context.ts';
import { compose, type Content, type Frame } from '../email/compose.ts';
import { EmailObsolete, plain, type Templates, type WrittenEmail } from '../email/template.ts';
import { settings } from '../settings/settings.ts';
import type { AboutTicket } from './about-ticket.ts';
import * as en from './emails.en.ts';
import * as es from './emails.es.ts';

declare module '../email/outbox.ts' {
  interface EmailPayloads {
    'ticket-opened': AboutTicket & { assignee: string | null };
    'ticket-answered': AboutTicket & { message: string };
    'ticket-closed': AboutTicket & { by: string; status: Ticket['status']; comment: string | null };
    'ticket-assigned': AboutTicket & { by: string };
    'ticket-reopened': AboutTicket;
    'ticket-handed-over': AboutTicket & { by: string; queue: Queue };
    'ticket-closing-soon': AboutTicket & { idleSince: number };
  }
}

const wordsIn = ({ language }: Frame): typeof en => (language === 'es' ? es : en);

/** Composes an e-mail linked to its ticket, so that a reply by e-mail is added to that ticket. */
const ticketEmail = (frame: Frame, { ticket }: AboutTicket, content: Content): WrittenEmail => ({
  ...plain(compose(frame, content)),
  ticket,
});

/** E-mails about a ticket. */
export const ticketEmails: Templates<
  | 'ticket-opened'
  | 'ticket-answered'
  | 'ticket-closed'
  | 'ticket-assigned'
  | 'ticket-reopened'
  | 'ticket-handed-over'
  | 'ticket-closing-soon'
> = {
  'ticket-opened': async ({ server, frame }, ticket) => {
    const first = await findDocument(server, messages, {
      where: { ticket: ticket.ticket, kind: 'answer' },
      order: [['createdAt', 'ASC']],
    });
    const body = first?.body ?? null;
    const by = first?.side === 'staff' ? first.authorName : null;
    return ticketEmail(frame, ticket, wordsIn(frame).ticketOpened(frame, { ...ticket, body, by }));
  },
  'ticket-answered': async ({ server, frame }, ticket) => {
    const message = await findDocument(server, messages, { where: { id: ticket.message } });
    if (!message) throw new EmailObsolete('the message is gone');
    const visibleFiles = await filesOf(server, message);
    const isUploading = visibleFiles.some(({ state }) => state === 'expected');
    if (frame.outside && isUploading && server.now() - message.createdAt < filesWaitMs)
      throw new Error('its files are still on their way');
    const sent = frame.outside ? visibleFiles.filter(({ state }) => state !== 'expected') : visibleFiles;
    const fileNames = sent.map(({ fileName }) => fileName);
    const { authorName: author, body } = message;
    const email = ticketEmail(
      frame,
      ticket,
      wordsIn(frame).ticketAnswered(frame, { ...ticket, author, body, fileNames }),
    );
    // A person without an account cannot read the files anywhere else.
    return frame.outside ? { ...email, attachments: withinSizeLimit(sent) } : email;
  },
  'ticket-closed': ({ frame }, ticket) =>
    ticketEmail(frame, ticket, wordsIn(frame).ticketClosed(frame, ticket)),
  'ticket-assigned': ({ frame }, ticket) =>
    ticketEmail(frame, ticket, wordsIn(frame).ticketAssigned(frame, ticket)),
  'ticket-reopened': ({ frame }, ticket) =>
    ticketEmail(frame, ticket, wordsIn(frame).ticketReopened(frame, ticket)),
  'ticket-handed-over': ({ frame }, ticket) =>
    ticketEmail(frame, ticket, wordsIn(frame).ticketHandedOver(frame, ticket)),
  'ticket-closing-soon': async ({ server, frame, createdAt }, ticket) => {
    const current = await findDocument(server, tickets, { where: { id: ticket.ticket } });
    // The client answered or the ticket was closed before the e-mail was sent.
    if (current?.status !== 'open' || current.waitingFor === 'us')
      throw new EmailObsolete('the ticket goes on');
    const { closeAfterDays, closeWarningDays, timeZone } = await settings(server);
    const idleEnd = ticket.idleSince + closeAfterDays * dayMs;
    const on = dayOf(Math.max(idleEnd, createdAt + closeWarningDays * dayMs), timeZone);
    return ticketEmail(frame, ticket, wordsIn(frame).ticketClosingSoon(frame, { ...ticket, on }));
  },
};

const dayMs = 86_400_000;

/** Mail servers refuse large e-mails, and the answer would be lost with them. Files beyond this limit are only named. */
const maxAttachedBytes = 10_000_000;
function withinSizeLimit(sent: readonly FileDocument[]): FileDocument[] {
  let left = maxAttachedBytes;
  return sent.filter(({ size }) => {
    if (size > left) return false;
    left -= size;
    return true;
  });
}

/** An e-mail to a person without an account waits this long for files that a device is still sending. */
const filesWaitMs = 10 * 60_000;

function filesOf(server: Server, { id, ticket }: Message): Promise<FileDocument[]> {
  const where = { message: id, ticket, visibility: 'client' };
  return findDocuments(server, files, { where, order: ['id'] });
}
