import { compose, emailIn, type Frame, type Email } from '../email/compose.ts';

export type TicketData = { id: string; number: number; subject: string; clientName: string };

const link = (ticket: TicketData, text: string) => ({ text, path: `/tickets/${ticket.id}` });
const named = ({ number, subject }: TicketData) => `#${number} ${subject}`;

/** To helpdesk@ (or accounting@) and the assignee: a ticket was opened. */
export function ticketOpened(
  frame: Frame,
  ticket: TicketData,
  data: {
    body: string | null;
    assignee: string | null;
    /** Who of staff opened it for the client. */ by: string | null;
  },
): Email {
  const { clientName } = ticket;
  const { by } = data;
  const quote = data.body === null ? {} : { quote: data.body };
  if (frame.language === 'es') {
    const who = data.assignee ? `Asignado a ${data.assignee}.` : 'Aún sin asignar.';
    return compose(frame, {
      subject: `Nuevo ticket ${named(ticket)}`,
      paragraphs: [
        `${by ?? clientName} ha abierto el ticket ${named(ticket)}${by ? ` para ${clientName}` : ''}. ${who}`,
      ],
      ...quote,
      link: link(ticket, 'Abrir el ticket'),
    });
  }
  const who = data.assignee ? `Assigned to ${data.assignee}.` : 'Not assigned yet.';
  return compose(frame, {
    subject: `New ticket ${named(ticket)}`,
    paragraphs: [
      `${by ?? clientName} opened ticket ${named(ticket)}${by ? ` for ${clientName}` : ''}. ${who}`,
    ],
    ...quote,
    link: link(ticket, 'Open the ticket'),
  });
}

/** To the other side: somebody answered. */
export function ticketAnswered(
  frame: Frame,
  ticket: TicketData,
  data: { author: string; body: string; files: readonly string[] },
): Email {
  const files = data.files.join(', ');
  if (frame.language === 'es') {
    return compose(frame, {
      subject: `Respuesta al ticket ${named(ticket)}`,
      paragraphs: [
        `${data.author} ha respondido al ticket ${named(ticket)}${files && ` y ha adjuntado ${files}`}:`,
      ],
      quote: data.body,
      link: link(ticket, 'Ver y responder'),
    });
  }
  return compose(frame, {
    subject: `Answer to ticket ${named(ticket)}`,
    paragraphs: [`${data.author} answered ticket ${named(ticket)}${files && ` and attached ${files}`}:`],
    quote: data.body,
    link: link(ticket, 'Read and answer'),
  });
}

/** To the client: the ticket was closed. */
export function ticketClosed(
  frame: Frame,
  ticket: TicketData,
  data: { by: string; fixed: boolean; comment: string | null },
): Email {
  const quote = data.comment ? { quote: data.comment } : {};
  if (frame.language === 'es') {
    return compose(frame, {
      subject: `Ticket cerrado ${named(ticket)}`,
      paragraphs: [
        `${data.by} ha cerrado el ticket ${named(ticket)}${data.fixed ? '' : ' sin solución'}.`,
        'Si responde, el ticket se abre de nuevo.',
      ],
      ...quote,
      link: link(ticket, 'Ver el ticket'),
    });
  }
  return compose(frame, {
    subject: `Ticket closed ${named(ticket)}`,
    paragraphs: [
      `${data.by} closed ticket ${named(ticket)}${data.fixed ? '' : ' as not to be fixed'}.`,
      'If you answer, the ticket opens again.',
    ],
    ...quote,
    link: link(ticket, 'See the ticket'),
  });
}

/** To the new assignee. */
export function ticketAssigned(frame: Frame, ticket: TicketData, data: { by: string }): Email {
  if (frame.language === 'es') {
    return compose(frame, {
      subject: `Ticket asignado ${named(ticket)}`,
      paragraphs: [`${data.by} le ha asignado el ticket ${named(ticket)} de ${ticket.clientName}.`],
      link: link(ticket, 'Abrir el ticket'),
    });
  }
  return compose(frame, {
    subject: `Ticket assigned ${named(ticket)}`,
    paragraphs: [`${data.by} assigned you ticket ${named(ticket)} of ${ticket.clientName}.`],
    link: link(ticket, 'Open the ticket'),
  });
}

const queueNames = {
  en: { technical: 'technical', billing: 'billing' },
  es: { technical: 'técnica', billing: 'de facturación' },
};

/** To who works the queue that a ticket was handed to, and its new assignee. */
export function ticketHandedOver(
  frame: Frame,
  ticket: TicketData,
  { by, queue }: { by: string; queue: 'technical' | 'billing' },
): Email {
  const name = queueNames[frame.language][queue];
  return emailIn(frame, {
    en: {
      subject: `Ticket handed over ${named(ticket)}`,
      paragraphs: [`${by} handed ticket ${named(ticket)} of ${ticket.clientName} to the ${name} queue.`],
      link: link(ticket, 'Open the ticket'),
    },
    es: {
      subject: `Ticket traspasado ${named(ticket)}`,
      paragraphs: [`${by} ha pasado el ticket ${named(ticket)} de ${ticket.clientName} a la cola ${name}.`],
      link: link(ticket, 'Abrir el ticket'),
    },
  });
}

/** To who has it, or the list: its client opened a ticket again. */
export function ticketReopened(frame: Frame, ticket: TicketData): Email {
  return emailIn(frame, {
    en: {
      subject: `Ticket opened again ${named(ticket)}`,
      paragraphs: [`${ticket.clientName} opened ticket ${named(ticket)} again.`],
      link: link(ticket, 'Open the ticket'),
    },
    es: {
      subject: `Ticket reabierto ${named(ticket)}`,
      paragraphs: [`${ticket.clientName} ha abierto de nuevo el ticket ${named(ticket)}.`],
      link: link(ticket, 'Abrir el ticket'),
    },
  });
}

/** To the client: a ticket that waits for their answer is closed soon. */
export function ticketClosingSoon(frame: Frame, ticket: TicketData, { on }: { on: string }): Email {
  return emailIn(frame, {
    en: {
      subject: `Ticket ${named(ticket)} is closed soon`,
      paragraphs: [
        `We answered ticket ${named(ticket)} and have not heard from you since. It is closed on ${on}.`,
        'If it is not solved, answer and it stays open.',
      ],
      link: link(ticket, 'Read and answer'),
    },
    es: {
      subject: `El ticket ${named(ticket)} se cierra pronto`,
      paragraphs: [
        `Respondimos al ticket ${named(ticket)} y no hemos sabido de usted desde entonces. Se cierra el ${on}.`,
        'Si no está resuelto, responda y seguirá abierto.',
      ],
      link: link(ticket, 'Ver y responder'),
    },
  });
}
