import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { filledLine, id, instant, newestFirst, text, times } from '../engine/field.ts';
import { queues } from './queues.ts';

export const ticketStatuses = ['open', 'closed', 'nofix'] as const;
export type TicketStatus = (typeof ticketStatuses)[number];

export const tickets = defineCollection({
  name: 'tickets',
  version: 2,
  schema: z.strictObject({
    id: id(),
    ...times,
    /** Null until the server has accepted the ticket. */
    number: z.nullable(z.int().check(z.minimum(1))),
    order: z.nullable(id()),
    client: id(),
    queue: z.enum(queues),
    /** 150 characters fit into a mail header line of 998 octets in any script. */
    subject: filledLine(150),
    status: z.enum(ticketStatuses),
    closingComment: z.nullable(text(2_000)),
    assignee: z.nullable(id()),
    priority: z.enum(['normal', 'high']),
    waitingFor: z.enum(['us', 'client']),
    lastActivityAt: instant(),
    recent: newestFirst(),
    /** When and by whom it was last closed. */
    closedAt: z.nullable(instant()),
    closedBy: z.nullable(id()),
    /** When staff first answered, according to the server's clock. */
    firstAnswerAt: z.nullable(instant()),
  }),
  indexes: [['recent'], ['status', 'recent']],
  derived: ['number', 'waitingFor', 'lastActivityAt', 'recent', 'closedAt', 'closedBy', 'firstAnswerAt'],
  defaults: {
    order: null,
    queue: 'technical',
    closingComment: null,
    assignee: null,
    priority: 'normal',
    firstAnswerAt: null,
  },
  conflicts: { priority: 'latest' },
  insertOnly: false,
  parents: ['order'],
  foremost: { status: ['open'] },
});
export type Ticket = z.infer<typeof tickets.schema>;
