import * as z from 'zod/mini';
import { filledLine, id, text } from '../engine/field.ts';
import { queues } from './queues.ts';
import { anyEmail } from '../people/account-input.ts';

/** Input schemas of the procedures for inbound e-mail and the contact form. */

export const mailStates = ['unmatched', 'placed', 'dismissed', 'dropped'] as const;
export const inboundMailQuery = z.strictObject({
  state: z.enum(mailStates),
  /** For the next page: only e-mails older than this one. */
  before: z.nullable(id()),
});
export type InboundMailQuery = z.infer<typeof inboundMailQuery>;
export const mailToTicket = z.strictObject({ id: id(), ticket: id() });
export const mailToNew = z.strictObject({ id: id(), queue: z.enum(queues) });
/** The e-mail of a message, or an e-mail of the list. */
export const originalQuery = z.union([z.strictObject({ message: id() }), z.strictObject({ id: id() })]);
export const oneDocument = z.strictObject({ id: id() });

export const contactForm = z.strictObject({
  name: filledLine(80),
  email: anyEmail,
  subject: filledLine(150),
  body: text(5_000).check(z.refine((body) => body.trim() !== '')),
});
export type ContactForm = z.infer<typeof contactForm>;
