import { useSession } from '../../session/session.ts';
import { mayCreate } from '#shared/rights.ts';
import { queues } from '#shared/tickets/queues.ts';

/** The queues in which the user may open tickets. */
export function useMailQueues(): (typeof queues)[number][] {
  const { actor } = useSession();
  return actor ? queues.filter((queue) => mayCreate(actor, 'tickets', { queue })) : [];
}
