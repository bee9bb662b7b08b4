import type { CollectionName } from '#shared/collections/collections.ts';
import type { Touch, Unit } from '../documents/unit.ts';
import { announcementEffects } from './announcements.ts';
import { invoiceEffects } from './invoices.ts';
import { messageEffects } from './messages.ts';
import { orderEffects } from './orders.ts';
import { paperEffects } from './papers.ts';
import { paymentEffects } from './payments.ts';
import { personEffects } from './people.ts';
import { ticketEffects } from './tickets.ts';

/** What an accepted write causes, in the same transaction: letters in the outbox, events in threads, sums. */
type Effects = (unit: Unit, touch: Touch) => Promise<void>;

const nothing: Effects = () => Promise.resolve();

const byCollection: Record<CollectionName, Effects> = {
  people: personEffects,
  services: nothing,
  orders: orderEffects,
  tickets: ticketEffects,
  messages: messageEffects,
  invoices: invoiceEffects,
  payments: paymentEffects,
  papers: paperEffects,
  marks: nothing,
  replies: nothing,
  announcements: announcementEffects,
};

export function effectsOf(unit: Unit, touch: Touch): Promise<void> {
  return byCollection[touch.collection](unit, touch);
}
