import ipaddr from 'ipaddr.js';

/**
 * The part of an address that one household or server has for itself: an IPv4 address, or the first 64 bits of an IPv6
 * address. Whoever has one of these has all addresses in it, so tries are counted by it.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address); // an IPv4 address in IPv6 form becomes IPv4
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
