import type { CollectionName } from '#shared/collections/collections.ts';
import type { Touch, Unit } from '../documents/unit.ts';
import { invoiceEffects } from './invoices.ts';
import { messageEffects } from './messages.ts';
import { orderEffects } from './orders.ts';
import { paymentEffects } from './payments.ts';
import { ticketEffects } from './tickets.ts';

/** What an accepted write causes, in the same transaction: letters in the outbox, events in threads, sums. */
type Effects = (unit: Unit, touch: Touch) => Promise<void>;

const nothing: Effects = () => Promise.resolve();

const byCollection: Record<CollectionName, Effects> = {
  people: nothing,
  services: nothing,
  orders: orderEffects,
  tickets: ticketEffects,
  messages: messageEffects,
  invoices: invoiceEffects,
  payments: paymentEffects,
};

export function effectsOf(unit: Unit, touch: Touch): Promise<void> {
  return byCollection[touch.collection](unit, touch);
}
