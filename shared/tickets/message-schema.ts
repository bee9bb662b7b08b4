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

const emailStates = ['due', 'held', 'dropped'] as const;

export const messages = defineCollection({
  name: 'messages',
  version: 1,
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
    /** Redacted by its author or an admin: the text is deleted everywhere, and only this document remains. */
    redacted: z.boolean(),
    /**
     * Whether an answer of staff is sent to the client by e-mail. 'held': the answer was written long before it reached
     * the server, or somebody else answered in the meantime. Its author then decides whether the e-mail is sent.
     */
    emailState: z.enum(emailStates),
  }),
  indexes: [['ticket', 'createdAt']],
  derived: ['client', 'queue', 'author', 'authorName', 'side', 'channel'],
  defaults: { event: null, channel: 'app', emailState: 'due', redacted: false },
  conflicts: {},
  insertOnly: true,
  parents: ['ticket'],
  // The text is stored only in the message's own row, so that no copy is left when a message is redacted.
  unaudited: ['body'],
});
export type Message = z.infer<typeof messages.schema>;
