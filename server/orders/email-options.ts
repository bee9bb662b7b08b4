import type { Order } from '#shared/orders/schema.ts';

/** A service with its chosen options, in any language: "vps, vcpu 2, ram 4". Quantities are in thousandths. */
export function serviceWithOptions(service: string, options: Order['options']): string {
  return [service, ...options.map(({ key, quantity }) => `${key} ${quantity / 1000}`)]
    .filter(Boolean)
    .join(', ');
}
