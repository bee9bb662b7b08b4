import type { NewDocument } from '../engine/collection.ts';
import type { Order } from './schema.ts';

/** What a new order is built from. The server sets orderedOn, alignment and chargedAt again. */
export type OrderInput = Pick<
  Order,
  'id' | 'service' | 'client' | 'instanceName' | 'billingPeriod' | 'prices'
> &
  Pick<Order, 'orderedOn' | 'alignment' | 'chargedAt'> &
  Partial<Omit<Order, 'createdAt' | 'updatedAt' | 'writtenAt' | 'seq'>>;

/** A new order. Its status is 'setting up' unless the input has another. Its number is null until the server assigns one. */
export function newOrder(input: OrderInput): NewDocument<Order> {
  return {
    number: null,
    options: [],
    status: 'setting up',
    reason: '',
    cause: null,
    history: [],
    anchor: null,
    billFrom: null,
    releasedUntil: null,
    cancelsOn: null,
    endsBy: null,
    nextStatus: null,
    change: null,
    terms: null,
    beginAtOnce: false,
    comments: '',
    accessDetails: '',
    notes: '',
    ...input,
  };
}
