import * as z from 'zod/mini';
import { filledLine, id, text } from '../engine/field.ts';
import { queues } from './queues.ts';
import { anyEmail } from '../people/account-input.ts';

/** What the procedures about mail that came in, and of the contact form, take. */

export const mailStates = ['unmatched', 'placed', 'dismissed', 'dropped'] as const;
export const inboundMailQuery = z.strictObject({
  state: z.enum(mailStates),
  /** Only mails older than this one: the next page. */
  before: z.nullable(id()),
});
export type InboundMailQuery = z.infer<typeof inboundMailQuery>;
export const mailToTicket = z.strictObject({ id: id(), ticket: id() });
export const mailToNew = z.strictObject({ id: id(), queue: z.enum(queues) });
export const oneDocument = z.strictObject({ id: id() });

export const contactForm = z.strictObject({
  name: filledLine(80),
  email: anyEmail,
  subject: filledLine(150),
  body: text(5_000).check(z.refine((said) => said.trim() !== '')),
});
export type ContactForm = z.infer<typeof contactForm>;
