import { priceInForce } from '#shared/billing/price-in-force.ts';
import type { Order } from '#shared/orders/schema.ts';

/** The net price of an order on a day. Null: this role does not see prices. */
export function visiblePrice(order: Order, day: string): number | null {
  const prices = order.prices as Order['prices'] | undefined; // not every role has them
  return prices ? priceInForce(prices, day) : null;
}
