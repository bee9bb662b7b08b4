import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { id, line, text, times } from '../engine/field.ts';
import { queues } from './queues.ts';

/** An event in a thread: the ticket was assigned, changed its status, or was handed over to the other queue. */
export const ticketEvent = z.strictObject({
  what: z.enum(['assigned', 'status', 'queue']),
  from: z.nullable(line(80)),
  to: z.nullable(line(80)),
});

/**
 * What is not shown of an e-mail that became a message. The whole of it can always be opened.
 * `isVerified`: the reply address or the mail server in front has proved the sender.
 */
export const emailOrigin = z.strictObject({
  isVerified: z.boolean(),
  /** Characters that are folded away (the quoted e-mail below an answer), and those that were too many for a message. */
  folded: z.int().check(z.minimum(0), z.maximum(100_000_000)),
  cut: z.int().check(z.minimum(0), z.maximum(100_000_000)),
  /** Parts that are no files of the message, because their type or size is not accepted. */
  otherParts: z.int().check(z.minimum(0), z.maximum(100_000)),
});
export type EmailOrigin = z.infer<typeof emailOrigin>;

const emailStates = ['due', 'held', 'dropped'] as const;

export const messages = defineCollection({
  name: 'messages',
  version: 2,
  schema: z.strictObject({
    id: id(),
    ...times,
    ticket: id(),
    /** Client and queue of the ticket, copied by the server. They decide who may see the message. */
    client: id(),
    queue: z.enum(queues),
    author: z.nullable(id()),
    authorName: line(80),
    side: z.enum(['client', 'staff', 'system']),
    kind: z.enum(['answer', 'note', 'event']),
    body: text(),
    event: z.nullable(ticketEvent),
    channel: z.enum(['app', 'email']),
    /** A message that arrived by e-mail: what the reader has to know about it. Null: written in the app, or older. */
    email: z.nullable(emailOrigin),
    /** Redacted by its author or an admin: the text is deleted everywhere, and only this document remains. */
    redacted: z.boolean(),
    /**
     * Whether an answer of staff is sent to the client by e-mail. 'held': the answer was written long before it reached
     * the server, or somebody else answered in the meantime. Its author then decides whether the e-mail is sent.
     */
    emailState: z.enum(emailStates),
  }),
  indexes: [['ticket', 'createdAt']],
  derived: ['client', 'queue', 'author', 'authorName', 'side', 'channel', 'email'],
  defaults: { event: null, channel: 'app', email: null, emailState: 'due', redacted: false },
  conflicts: {},
  insertOnly: true,
  parents: ['ticket'],
  // The text is stored only in the message's own row, so that no copy is left when a message is redacted.
  unaudited: ['body'],
});
export type Message = z.infer<typeof messages.schema>;
