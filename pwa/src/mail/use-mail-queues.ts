import { queues } from '#shared/collections/tickets.ts';
import { mayCreate } from '#shared/policy/ask.ts';
import { useSession } from '../stores/session.ts';

/** The queues in which the reader may open tickets. */
export function useMailQueues(): (typeof queues)[number][] {
  const { actor } = useSession();
  return actor ? queues.filter((queue) => mayCreate(actor, 'tickets', { queue })) : [];
}
