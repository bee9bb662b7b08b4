import type { AboutTicket } from './about-ticket.ts';

/** The ticket's name in e-mail subjects, the same in every language. */
export function ticketName({ number, subject }: AboutTicket): string {
  return `#${number} ${subject}`;
}

/** Path of the ticket's page in the app. */
export function ticketPath({ ticket }: AboutTicket): string {
  return `/tickets/${ticket}`;
}
