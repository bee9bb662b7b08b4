import type { Ticket } from '#shared/collections/tickets.ts';
export type PouchYardstick = (folder: string) => Promise<number>;
export function preparePouch(
  _tickets: readonly Ticket[],
  _into: unknown,
): Promise<{ pouch: PouchYardstick | null; skipped: string | null }> {
  return Promise.resolve({ pouch: null, skipped: 'not yet' });
}
