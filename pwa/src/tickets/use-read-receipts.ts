import { createSharedComposable } from '@vueuse/core';
import { computed } from 'vue';
import { theReplica } from '../replica/replica.ts';
import { useDocuments } from '../replica/use-documents.ts';
import { useSession } from '../session/session.ts';
import type { Message } from '#shared/tickets/message-schema.ts';
import type { Ticket } from '#shared/tickets/schema.ts';
import { markReadIn } from './mark-read.ts';

/** How far this person has read each ticket, on all their devices. One query, however many rows ask. */
export const useReadReceipts = createSharedComposable(() => {
  const session = useSession();
  const readReceipts = useDocuments('readReceipts', () => ({ selector: {} }));
  const readAt = computed(() => new Map(readReceipts.value?.map((mark) => [mark.ticket, mark.readAt])));

  /** What somebody else said; a client is not told who of them wrote what: their side is they. */
  const isOthers = ({ side, author, event }: Message) =>
    !event && (session.me?.role === 'client' ? side !== 'client' : author !== session.me?.id);

  return {
    /** True where somebody else said something that this person has not seen. A closed ticket never looked at is not news. */
    isUnread(ticket: Ticket, messages: readonly Message[] | undefined): boolean {
      if (!readReceipts.value || !messages) return false;
      const read = readAt.value.get(ticket.id);
      if (read === undefined && ticket.status !== 'open') return false;
      return messages.some((message) => message.createdAt > (read ?? 0) && isOthers(message));
    },
    /** Everything up to the newest of these messages was seen. Times are the server's: a message not sent yet has none. */
    async markRead(ticket: string, messages: readonly Message[]): Promise<void> {
      const { me } = session;
      const newest = messages.reduce(
        (last, { createdAt, seq }) => (seq > 0 ? Math.max(last, createdAt) : last),
        0,
      );
      if (!me || newest === 0) return;
      await markReadIn(theReplica(), { person: me.id, ticket, readAt: newest });
    },
  };
});
