import type { AboutTicket } from './about-ticket.ts';

/** A ticket as the subject of an e-mail names it, in any language. */
export function ticketName({ number, subject }: AboutTicket): string {
  return `#${number} ${subject}`;
}

/** Of its page in the app. */
export function ticketPath({ ticket }: AboutTicket): string {
  return `/tickets/${ticket}`;
}
