import * as z from 'zod/mini';
import { day, id, line } from '../engine/field.ts';
import { emailStates } from './email-state.ts';

/** Input schemas of the procedures for the outbox and the audit. */

export const outboxQuery = z.strictObject({
  state: z.nullable(z.enum(emailStates)),
  text: line(100),
  /** For the next page: only e-mails older than this one. */
  before: z.nullable(id()),
});
export type OutboxQuery = z.infer<typeof outboxQuery>;
export const outboxChange = z.strictObject({
  id: id(),
  action: z.enum(['hold', 'retry', 'cancel']),
  /** Why the e-mail of an invoice is cancelled: its client counts as told from then on. */
  reason: z.optional(line(200)),
});
export type OutboxChange = z.infer<typeof outboxChange>;

export const auditQuery = z.strictObject({
  collection: z.string().check(z.regex(/^[a-zA-Z]{0,32}$/)),
  actor: z.nullable(id()),
  text: line(100),
  from: z.nullable(day()),
  to: z.nullable(day()),
  /** For the next page: only lines before this one. */
  before: z.nullable(z.int()),
});
export type AuditQuery = z.infer<typeof auditQuery>;
