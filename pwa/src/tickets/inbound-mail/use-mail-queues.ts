import { queues } from '#shared/tickets/schema.ts';
import { mayCreate } from '#shared/engine/may.ts';
import { useSession } from '../../app/session.ts';

/** The queues in which the reader may open tickets. */
export function useMailQueues(): (typeof queues)[number][] {
  const { actor } = useSession();
  return actor ? queues.filter((queue) => mayCreate(actor, 'tickets', { queue })) : [];
}
