import type { Queue } from '#shared/tickets/queues.ts';
import type { Content, Frame } from '../email/compose.ts';
import type { AboutTicket } from './about-ticket.ts';
import { ticketName, ticketPath } from './email-parts.ts';
import type { AnsweredTicket, ClosedTicket, HandedOverTicket, OpenedTicket } from './emails.en.ts';

const ticketLabel = ({ number, subject }: AboutTicket) => `ticket #${number} «${subject}»`;

/** Sent to the queue's list and the assignee when a ticket is opened. */
export function ticketOpened(_frame: Frame, ticket: OpenedTicket): Content {
  const { clientName, assignee, body, by } = ticket;
  const opening = by
    ? `${by} ha abierto el ${ticketLabel(ticket)} para ${clientName}.`
    : `${clientName} ha abierto el ${ticketLabel(ticket)}.`;
  return {
    subject: `Nuevo ticket ${ticketName(ticket)}`,
    paragraphs: [`${opening} ${assignee ? `Está asignado a ${assignee}.` : 'Aún no está asignado.'}`],
    ...(body === null ? {} : { quote: body }),
    link: { text: 'Abrir el ticket', path: ticketPath(ticket) },
  };
}

/** Sent to the other side when somebody answers. */
export function ticketAnswered(_frame: Frame, ticket: AnsweredTicket): Content {
  const files = ticket.fileNames.join(', ');
  return {
    subject: `Respuesta al ticket ${ticketName(ticket)}`,
    paragraphs: [
      `${ticket.author} ha respondido al ${ticketLabel(ticket)}${files && ` y ha adjuntado ${files}`}:`,
    ],
    quote: ticket.body,
    link: { text: 'Ver y responder', path: ticketPath(ticket) },
  };
}

/** Sent to the client when the ticket is closed, by a person or because nobody answered. */
export function ticketClosed(_frame: Frame, ticket: ClosedTicket): Content {
  const { by, status, comment } = ticket;
  return {
    subject: `Ticket cerrado ${ticketName(ticket)}`,
    paragraphs: [
      status === 'nofix'
        ? `${by} ha cerrado el ${ticketLabel(ticket)}. No se va a arreglar.`
        : `${by} ha cerrado el ${ticketLabel(ticket)}.`,
      'Si responde, el ticket se abre de nuevo.',
      ...(comment ? [`${by} ha escrito:`] : []),
    ],
    ...(comment ? { quote: comment } : {}),
    link: { text: 'Ver el ticket', path: ticketPath(ticket) },
  };
}

/** Sent to the new assignee. */
export function ticketAssigned(_frame: Frame, ticket: AboutTicket & { by: string }): Content {
  return {
    subject: `Ticket asignado ${ticketName(ticket)}`,
    paragraphs: [`${ticket.by} le ha asignado el ${ticketLabel(ticket)} de ${ticket.clientName}.`],
    link: { text: 'Abrir el ticket', path: ticketPath(ticket) },
  };
}

/** Sent to the assignee, or to the queue's list if there is none, when the client reopens the ticket. */
export function ticketReopened(_frame: Frame, ticket: AboutTicket): Content {
  return {
    subject: `Ticket reabierto ${ticketName(ticket)}`,
    paragraphs: [`${ticket.clientName} ha abierto de nuevo el ${ticketLabel(ticket)}.`],
    link: { text: 'Abrir el ticket', path: ticketPath(ticket) },
  };
}

const queueNames: Record<Queue, string> = { technical: 'técnica', billing: 'de facturación' };

/** Sent to the new queue's list and the new assignee when a ticket is moved to another queue. */
export function ticketHandedOver(_frame: Frame, ticket: HandedOverTicket): Content {
  const { by, clientName, queue } = ticket;
  return {
    subject: `Ticket traspasado ${ticketName(ticket)}`,
    paragraphs: [
      `${by} ha pasado el ${ticketLabel(ticket)} de ${clientName} a la cola ${queueNames[queue]}.`,
    ],
    link: { text: 'Abrir el ticket', path: ticketPath(ticket) },
  };
}

/** Sent to the client some days before a ticket that waits for the client's answer is closed. */
export function ticketClosingSoon(_frame: Frame, ticket: AboutTicket & { on: string }): Content {
  return {
    subject: `El ticket ${ticketName(ticket)} se cerrará pronto`,
    paragraphs: [
      `Respondimos al ${ticketLabel(ticket)} y desde entonces no hemos tenido noticias suyas. Lo cerraremos el ${ticket.on}.`,
      'Si aún no está resuelto, responda y el ticket seguirá abierto.',
    ],
    link: { text: 'Ver y responder', path: ticketPath(ticket) },
  };
}
