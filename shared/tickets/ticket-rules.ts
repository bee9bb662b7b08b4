import { ME, type Create, type Moves, type Rule, type Update } from '../engine/rule.ts';

/* The parts of the table of rights (policy.ts) for tickets and the documents that belong to them. */

const staffMoves: Moves = { status: { open: ['closed', 'nofix'], closed: ['open'], nofix: ['open'] } };
const handOver: Moves = { queue: { technical: ['billing'], billing: ['technical'] } };
const staffTicketFields = ['assignee', 'closingComment', 'priority', 'subject', 'order'];
const staffCreateFields = ['client', 'order', 'queue', 'subject', 'priority'];

/** Staff may work on the tickets of their own queues. After a handover, staff of only the old queue lose access. */
export function ticketsOf(queues: readonly string[]): Rule {
  return {
    read: [{ when: { queue: queues }, fields: '*' }],
    create: { when: { queue: queues }, fields: staffCreateFields, start: { status: ['open'] } },
    update: [{ when: { queue: queues }, fields: staffTicketFields, move: { ...staffMoves, ...handOver } }],
  };
}

/** The author or an admin decides whether the held e-mail of a late answer is sent. */
export const emailMoves: Moves = { emailState: { held: ['due', 'dropped'] } };
/** Authors may redact their own messages. */
export const redact: Update = { when: { author: ME, kind: ['answer', 'note'] }, fields: ['redacted'] };

/** Rights of staff on the messages of their queues. */
export function messagesOf(queues: readonly string[]): Rule {
  return {
    read: [{ when: { queue: queues }, fields: '*' }],
    create: { when: { queue: queues, kind: ['answer', 'note'] }, fields: ['ticket', 'kind', 'body'] },
    update: [redact, { when: { author: ME, emailState: ['held'] }, fields: [], move: emailMoves }],
  };
}

/** The fields that the writer of a new file sets. */
export const fileFields = ['kind', 'ticket', 'message', 'mediaType', 'fileName', 'size', 'sha256'];
/** Staff may attach files to the tickets of their queues. */
export const attachmentsOf = (queues: readonly string[]): Create => ({
  when: { kind: ['attachment'], queue: queues },
  fields: fileFields,
  start: { state: ['expected'] },
});

/** Staff may write the canned replies of their queues. */
export const cannedRepliesOf = (queues: readonly string[]): Rule => ({
  read: [{ when: { queue: queues }, fields: '*' }],
  create: { when: { queue: queues }, fields: ['title', 'body', 'queue'] },
  update: [{ when: { queue: queues }, fields: ['title', 'body', 'retired'] }],
});

/** Everybody may read and write only their own read receipts. */
export const ownReadReceipts: Rule = {
  read: [{ when: { person: ME }, fields: '*' }],
  create: { when: { person: ME }, fields: ['ticket', 'readAt'] },
  update: [{ when: { person: ME }, fields: ['readAt'] }],
};
