import type { Order } from '#shared/orders/schema.ts';

/** The net price of an order in force on a day, or null if the role may not see prices. */
export function priceInForce(order: Order, day: string): number | null {
  const prices = order.prices as Order['prices'] | undefined; // not every role has them
  if (!prices) return null;
  return (prices.findLast(({ from }) => from <= day) ?? prices[0])?.amount ?? 0;
}
