import type { Queue } from '#shared/tickets/queues.ts';
import type { Ticket } from '#shared/tickets/schema.ts';
import type { Content, Frame } from '../email/compose.ts';
import type { AboutTicket } from './about-ticket.ts';
import { ticketName, ticketPath } from './email-parts.ts';

/** `by`: who of staff opened it for the client. */
export type OpenedTicket = AboutTicket & { assignee: string | null; body: string | null; by: string | null };
export type AnsweredTicket = AboutTicket & { author: string; body: string; fileNames: readonly string[] };
export type ClosedTicket = AboutTicket & { by: string; status: Ticket['status']; comment: string | null };
export type HandedOverTicket = AboutTicket & { by: string; queue: Queue };

const named = ({ number, subject }: AboutTicket) => `ticket #${number} "${subject}"`;

/** To the list of its queue and the assignee: a ticket was opened. */
export function ticketOpened(_frame: Frame, ticket: OpenedTicket): Content {
  const { clientName, assignee, body, by } = ticket;
  const who = by
    ? `${by} opened ${named(ticket)} for ${clientName}.`
    : `${clientName} opened ${named(ticket)}.`;
  return {
    subject: `New ticket ${ticketName(ticket)}`,
    paragraphs: [`${who} ${assignee ? `It is assigned to ${assignee}.` : 'Nobody is assigned yet.'}`],
    ...(body === null ? {} : { quote: body }),
    link: { text: 'Open the ticket', path: ticketPath(ticket) },
  };
}

/** To the other side: somebody answered. */
export function ticketAnswered(_frame: Frame, ticket: AnsweredTicket): Content {
  const files = ticket.fileNames.join(', ');
  return {
    subject: `Answer to ticket ${ticketName(ticket)}`,
    paragraphs: [`${ticket.author} answered ${named(ticket)}${files && ` and attached ${files}`}:`],
    quote: ticket.body,
    link: { text: 'Read and answer', path: ticketPath(ticket) },
  };
}

/** To the client: the ticket was closed, as solved or because it will not be fixed. */
export function ticketClosed(_frame: Frame, ticket: ClosedTicket): Content {
  const { by, status, comment } = ticket;
  return {
    subject: `Ticket closed ${ticketName(ticket)}`,
    paragraphs: [
      status === 'nofix'
        ? `${by} closed ${named(ticket)}. It will not be fixed.`
        : `${by} closed ${named(ticket)} as solved.`,
      'If you answer, the ticket opens again.',
      ...(comment ? [`${by} wrote:`] : []),
    ],
    ...(comment ? { quote: comment } : {}),
    link: { text: 'See the ticket', path: ticketPath(ticket) },
  };
}

/** To the new assignee: the ticket was assigned to you. */
export function ticketAssigned(_frame: Frame, ticket: AboutTicket & { by: string }): Content {
  return {
    subject: `Ticket assigned ${ticketName(ticket)}`,
    paragraphs: [`${ticket.by} assigned ${named(ticket)} from ${ticket.clientName} to you.`],
    link: { text: 'Open the ticket', path: ticketPath(ticket) },
  };
}

/** To the assignee, or the list of its queue: the client opened the ticket again. */
export function ticketReopened(_frame: Frame, ticket: AboutTicket): Content {
  return {
    subject: `Ticket opened again ${ticketName(ticket)}`,
    paragraphs: [`${ticket.clientName} opened ${named(ticket)} again.`],
    link: { text: 'Open the ticket', path: ticketPath(ticket) },
  };
}

/** To the list of the new queue and the new assignee: the ticket was moved to another queue. */
export function ticketHandedOver(_frame: Frame, ticket: HandedOverTicket): Content {
  return {
    subject: `Ticket handed over ${ticketName(ticket)}`,
    paragraphs: [
      `${ticket.by} moved ${named(ticket)} from ${ticket.clientName} to the ${ticket.queue} queue.`,
    ],
    link: { text: 'Open the ticket', path: ticketPath(ticket) },
  };
}

/** To the client, some days before a ticket that waits for their answer is closed. */
export function ticketClosingSoon(_frame: Frame, ticket: AboutTicket & { on: string }): Content {
  return {
    subject: `Ticket ${ticketName(ticket)} will be closed soon`,
    paragraphs: [
      `We answered ${named(ticket)} and have not heard from you since. We will close it on ${ticket.on}.`,
      'Is it not solved yet? Answer us and the ticket stays open.',
    ],
    link: { text: 'Read and answer', path: ticketPath(ticket) },
  };
}
