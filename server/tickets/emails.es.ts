import type { Queue } from '#shared/tickets/queues.ts';
import type { Content, Frame } from '../email/compose.ts';
import type { AboutTicket } from './about-ticket.ts';
import { ticketName, ticketPath } from './email-parts.ts';
import type { AnsweredTicket, ClosedTicket, HandedOverTicket, OpenedTicket } from './emails.en.ts';

const named = ({ number, subject }: AboutTicket) => `ticket #${number} «${subject}»`;

/** To the list of its queue and the assignee: a ticket was opened. */
export function ticketOpened(_frame: Frame, ticket: OpenedTicket): Content {
  const { clientName, assignee, body, by } = ticket;
  const who = by
    ? `${by} ha abierto el ${named(ticket)} para ${clientName}.`
    : `${clientName} ha abierto el ${named(ticket)}.`;
  return {
    subject: `Nuevo ticket ${ticketName(ticket)}`,
    paragraphs: [`${who} ${assignee ? `Está asignado a ${assignee}.` : 'Aún no está asignado.'}`],
    ...(body === null ? {} : { quote: body }),
    link: { text: 'Abrir el ticket', path: ticketPath(ticket) },
  };
}

/** To the other side: somebody answered. */
export function ticketAnswered(_frame: Frame, ticket: AnsweredTicket): Content {
  const files = ticket.fileNames.join(', ');
  return {
    subject: `Respuesta al ticket ${ticketName(ticket)}`,
    paragraphs: [`${ticket.author} ha respondido al ${named(ticket)}${files && ` y ha adjuntado ${files}`}:`],
    quote: ticket.body,
    link: { text: 'Ver y responder', path: ticketPath(ticket) },
  };
}

/** To the client: the ticket was closed, as solved or because it will not be fixed. */
export function ticketClosed(_frame: Frame, ticket: ClosedTicket): Content {
  const { by, status, comment } = ticket;
  return {
    subject: `Ticket cerrado ${ticketName(ticket)}`,
    paragraphs: [
      status === 'nofix'
        ? `${by} ha cerrado el ${named(ticket)}. No se va a arreglar.`
        : `${by} ha cerrado el ${named(ticket)} como resuelto.`,
      'Si responde, el ticket se abre de nuevo.',
      ...(comment ? [`${by} ha escrito:`] : []),
    ],
    ...(comment ? { quote: comment } : {}),
    link: { text: 'Ver el ticket', path: ticketPath(ticket) },
  };
}

/** To the new assignee: the ticket was assigned to you. */
export function ticketAssigned(_frame: Frame, ticket: AboutTicket & { by: string }): Content {
  return {
    subject: `Ticket asignado ${ticketName(ticket)}`,
    paragraphs: [`${ticket.by} le ha asignado el ${named(ticket)} de ${ticket.clientName}.`],
    link: { text: 'Abrir el ticket', path: ticketPath(ticket) },
  };
}

/** To the assignee, or the list of its queue: the client opened the ticket again. */
export function ticketReopened(_frame: Frame, ticket: AboutTicket): Content {
  return {
    subject: `Ticket reabierto ${ticketName(ticket)}`,
    paragraphs: [`${ticket.clientName} ha abierto de nuevo el ${named(ticket)}.`],
    link: { text: 'Abrir el ticket', path: ticketPath(ticket) },
  };
}

const queueNames: Record<Queue, string> = { technical: 'técnica', billing: 'de facturación' };

/** To the list of the new queue and the new assignee: the ticket was moved to another queue. */
export function ticketHandedOver(_frame: Frame, ticket: HandedOverTicket): Content {
  const { by, clientName, queue } = ticket;
  return {
    subject: `Ticket traspasado ${ticketName(ticket)}`,
    paragraphs: [`${by} ha pasado el ${named(ticket)} de ${clientName} a la cola ${queueNames[queue]}.`],
    link: { text: 'Abrir el ticket', path: ticketPath(ticket) },
  };
}

/** To the client, some days before a ticket that waits for their answer is closed. */
export function ticketClosingSoon(_frame: Frame, ticket: AboutTicket & { on: string }): Content {
  return {
    subject: `El ticket ${ticketName(ticket)} se cerrará pronto`,
    paragraphs: [
      `Respondimos al ${named(ticket)} y desde entonces no hemos tenido noticias suyas. Lo cerraremos el ${ticket.on}.`,
      'Si aún no está resuelto, responda y el ticket seguirá abierto.',
    ],
    link: { text: 'Ver y responder', path: ticketPath(ticket) },
  };
}
