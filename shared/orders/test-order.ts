import { newOrder } from './new-order.ts';
import type { Order } from './schema.ts';

/** One of nine ids. */
export const testId = (n: number) => `0190a000-0000-7000-8000-00000000000${n}`;
/** An active order of a service that is charged monthly. */
export const testOrder = (fields: Partial<Order> = {}): Order => ({
  ...newOrder({
    id: testId(1),
    client: testId(2),
    service: testId(3),
    instanceName: 'web',
    billingPeriod: 'month',
    alignment: 'anniversary',
    chargedAt: 'start',
    orderedOn: '2026-01-01',
    prices: [{ from: '2026-01-01', amount: 500 }],
    status: 'active',
  }),
  createdAt: 0,
  updatedAt: 0,
  writtenAt: 0,
  seq: 1,
  ...fields,
});
