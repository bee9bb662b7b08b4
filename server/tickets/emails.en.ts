import type { Queue } from '#shared/tickets/queues.ts';
import type { Ticket } from '#shared/tickets/schema.ts';
import type { Content, Frame } from '../email/compose.ts';
import type { AboutTicket } from './about-ticket.ts';
import { ticketName, ticketPath } from './email-parts.ts';

/** `by`: the staff member who opened the ticket for the client, or null if the client opened it. */
export type OpenedTicket = AboutTicket & { assignee: string | null; body: string | null; by: string | null };
export type AnsweredTicket = AboutTicket & { author: string; body: string; fileNames: readonly string[] };
export type ClosedTicket = AboutTicket & { by: string; status: Ticket['status']; comment: string | null };
export type HandedOverTicket = AboutTicket & { by: string; queue: Queue };

const ticketLabel = ({ number, subject }: AboutTicket) => `ticket #${number} "${subject}"`;

/** Sent to the queue's list and the assignee when a ticket is opened. */
export function ticketOpened(_frame: Frame, ticket: OpenedTicket): Content {
  const { clientName, assignee, body, by } = ticket;
  const opening = by
    ? `${by} opened ${ticketLabel(ticket)} for ${clientName}.`
    : `${clientName} opened ${ticketLabel(ticket)}.`;
  return {
    subject: `New ticket ${ticketName(ticket)}`,
    paragraphs: [`${opening} ${assignee ? `It is assigned to ${assignee}.` : 'Nobody is assigned yet.'}`],
    ...(body === null ? {} : { quote: body }),
    link: { text: 'Open the ticket', path: ticketPath(ticket) },
  };
}

/** Sent to the other side when somebody answers. */
export function ticketAnswered(_frame: Frame, ticket: AnsweredTicket): Content {
  const files = ticket.fileNames.join(', ');
  return {
    subject: `Answer to ticket ${ticketName(ticket)}`,
    paragraphs: [`${ticket.author} answered ${ticketLabel(ticket)}${files && ` and attached ${files}`}:`],
    quote: ticket.body,
    link: { text: 'Read and answer', path: ticketPath(ticket) },
  };
}

/** Sent to the client when the ticket is closed, by a person or because nobody answered. */
export function ticketClosed(_frame: Frame, ticket: ClosedTicket): Content {
  const { by, status, comment } = ticket;
  return {
    subject: `Ticket closed ${ticketName(ticket)}`,
    paragraphs: [
      status === 'nofix'
        ? `${by} closed ${ticketLabel(ticket)}. It will not be fixed.`
        : `${by} closed ${ticketLabel(ticket)}.`,
      'If you reply, the ticket is reopened.',
      ...(comment ? [`${by} wrote:`] : []),
    ],
    ...(comment ? { quote: comment } : {}),
    link: { text: 'See the ticket', path: ticketPath(ticket) },
  };
}

/** Sent to the new assignee. */
export function ticketAssigned(_frame: Frame, ticket: AboutTicket & { by: string }): Content {
  return {
    subject: `Ticket assigned ${ticketName(ticket)}`,
    paragraphs: [`${ticket.by} assigned ${ticketLabel(ticket)} from ${ticket.clientName} to you.`],
    link: { text: 'Open the ticket', path: ticketPath(ticket) },
  };
}

/** Sent to the assignee, or to the queue's list if there is none, when the client reopens the ticket. */
export function ticketReopened(_frame: Frame, ticket: AboutTicket): Content {
  return {
    subject: `Ticket reopened ${ticketName(ticket)}`,
    paragraphs: [`${ticket.clientName} reopened ${ticketLabel(ticket)}.`],
    link: { text: 'Open the ticket', path: ticketPath(ticket) },
  };
}

/** Sent to the new queue's list and the new assignee when a ticket is moved to another queue. */
export function ticketHandedOver(_frame: Frame, ticket: HandedOverTicket): Content {
  return {
    subject: `Ticket handed over ${ticketName(ticket)}`,
    paragraphs: [
      `${ticket.by} moved ${ticketLabel(ticket)} from ${ticket.clientName} to the ${ticket.queue} queue.`,
    ],
    link: { text: 'Open the ticket', path: ticketPath(ticket) },
  };
}

/** Sent to the client some days before a ticket that waits for the client's answer is closed. */
export function ticketClosingSoon(_frame: Frame, ticket: AboutTicket & { on: string }): Content {
  return {
    subject: `Ticket ${ticketName(ticket)} will be closed soon`,
    paragraphs: [
      `We answered ${ticketLabel(ticket)} and have not heard from you since. We will close it on ${ticket.on}.`,
      'Is it not solved yet? Reply, and the ticket stays open.',
    ],
    link: { text: 'Read and answer', path: ticketPath(ticket) },
  };
}
