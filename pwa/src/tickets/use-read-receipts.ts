import { isClient } from '#shared/people/role.ts';
import { createSharedComposable } from '@vueuse/core';
import { computed } from 'vue';
import { theReplica } from '../replica/replica.ts';
import { useDocuments } from '../replica/use-documents.ts';
import { useSession } from '../session/session.ts';
import type { Message } from '#shared/tickets/message-schema.ts';
import type { Ticket } from '#shared/tickets/schema.ts';
import { markReadIn } from './mark-read.ts';

/** How far this person has read each ticket, on all their devices. All callers share one query. */
export const useReadReceipts = createSharedComposable(() => {
  const session = useSession();
  const readReceipts = useDocuments('readReceipts', () => ({ selector: {} }));
  const readAt = computed(
    () => new Map(readReceipts.value?.map((receipt) => [receipt.ticket, receipt.readAt])),
  );

  /** True for a message by somebody else. Clients do not get the author, so their whole side counts as themselves. */
  const isOthers = ({ side, author, event }: Message) =>
    !event && (isClient(session.me) ? side !== 'client' : author !== session.me?.id);

  return {
    /** True once it is known how far the person has read. */
    areLoaded: computed(() => readReceipts.value !== undefined),
    /** The first message by somebody else that the person has not seen; undefined: they have seen all. */
    firstUnread(ticket: Ticket, messages: readonly Message[]): Message | undefined {
      const read = readAt.value.get(ticket.id) ?? (ticket.status === 'open' ? 0 : Infinity);
      return messages.find((message) => message.createdAt > read && isOthers(message));
    },
    /** True if there is an unseen message by somebody else. A closed ticket that was never opened is not unread. */
    isUnread(ticket: Ticket, messages: readonly Message[] | undefined): boolean {
      if (!readReceipts.value || !messages) return false;
      const read = readAt.value.get(ticket.id);
      if (read === undefined && ticket.status !== 'open') return false;
      return messages.some((message) => message.createdAt > (read ?? 0) && isOthers(message));
    },
    /** Marks everything up to the newest of these messages as read. Unsent messages have no server time yet. */
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
