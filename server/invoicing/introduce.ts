import { taxRateFor } from '#shared/billing/tax.ts';
import type { Actor } from '#shared/policy/actor.ts';
import type { Server } from '../context.ts';
import { toDocument } from '../documents/row.ts';
import { sellerTax, settings } from '../settings.ts';

/** What the first page says of the provider; a client also learns the tax that their prices are shown with. */
export async function introduce(
  server: Server,
  actor: Actor | null,
): Promise<{ name: string; contact: string; timeZone: string; taxPercent: number | null }> {
  const provider = await settings(server);
  const { name, contactAddress: contact, timeZone } = provider;
  const row = actor && (await server.models.people.findOne({ where: { id: actor.id }, raw: true }));
  const identity = row && toDocument('people', row).identity;
  const taxPercent = identity ? taxRateFor(sellerTax(provider), identity).percent : null;
  return { name, contact, timeZone, taxPercent };
}
