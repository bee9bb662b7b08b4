import type { NewDocument } from '../engine/collection.ts';
import type { Message } from './message-schema.ts';
import type { Ticket } from './schema.ts';

/** The fields that the writer of a new message chooses, and the writer. */
export type MessageInput = Pick<Message, 'id' | 'kind' | 'body' | 'author' | 'authorName' | 'side'> &
  Partial<Pick<Message, 'channel' | 'event' | 'email'>>;

/** Builds a new message in the thread of a ticket. */
export function newMessage(
  ticket: Pick<Ticket, 'id' | 'client' | 'queue'>,
  input: MessageInput,
): NewDocument<Message> {
  return {
    event: null,
    channel: 'app',
    email: null,
    ...input,
    ticket: ticket.id,
    client: ticket.client,
    queue: ticket.queue,
    redacted: false,
    emailState: 'due',
  };
}
