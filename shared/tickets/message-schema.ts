import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { id, line, text, times } from '../engine/field.ts';
import { queues } from './queues.ts';

/** What an event in a thread says: somebody took the ticket, handed it to somebody, or changed its status. */
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
    /** Client and queue of the ticket, copied by the server: they say who may see the message. */
    client: id(),
    queue: z.enum(queues),
    author: z.nullable(id()),
    authorName: line(80),
    side: z.enum(['client', 'staff', 'system']),
    kind: z.enum(['answer', 'note', 'event']),
    body: text(),
    event: z.nullable(ticketEvent),
    channel: z.enum(['app', 'email']),
    /** Taken back by its author or an admin: the text is gone everywhere, this trace stays. */
    redacted: z.boolean(),
    /**
     * Whether an answer of staff is mailed to the client. Held: it was written long before it came in, or somebody
     * else answered meanwhile; its author says whether it is to be mailed.
     */
    emailState: z.enum(emailStates),
  }),
  indexes: [['ticket', 'createdAt']],
  derived: ['client', 'queue', 'author', 'authorName', 'side', 'channel'],
  defaults: { event: null, channel: 'app', emailState: 'due', redacted: false },
  conflicts: {},
  insertOnly: true,
  parents: ['ticket'],
  // The text stands in the message's own row only, so that a redacted message leaves no copy.
  unaudited: ['body'],
});
export type Message = z.infer<typeof messages.schema>;
