import type { Order } from '#shared/orders/schema.ts';
import type { Ticket } from '#shared/tickets/schema.ts';

/** The filter of a ticket list. An empty field does not filter. */
export type TicketFilter = { waitingFor: '' | Ticket['waitingFor']; client: string; service: string };
export const noFilter = (): TicketFilter => ({ waitingFor: '', client: '', service: '' });

export function isNarrowed({ waitingFor, client, service }: TicketFilter): boolean {
  return waitingFor !== '' || client !== '' || service !== '';
}

/**
 * True if a ticket passes the filter.
 *
 * @param serviceOf the service of an order, by the order's id
 */
export function passes(
  ticket: Ticket,
  { waitingFor, client, service }: TicketFilter,
  serviceOf: ReadonlyMap<string, Order['service']>,
): boolean {
  if (waitingFor !== '' && (ticket.status !== 'open' || ticket.waitingFor !== waitingFor)) return false;
  if (client !== '' && ticket.client !== client) return false;
  return service === '' || (ticket.order !== null && serviceOf.get(ticket.order) === service);
}
