import { isClient } from '#shared/people/role.ts';
import { dayOf } from '#shared/billing/period.ts';
import { clientTaxRate } from '#shared/billing/tax.ts';
import { findAccess } from './find-person.ts';
import { logoHash } from '../settings/logo.ts';
import { publishedPages, termsInForce } from '../settings/pages.ts';
import { sellerTax, settings, visitorRate } from '../settings/settings.ts';
import { mayCreate } from '#shared/rights.ts';
import type { Actor } from '#shared/people/actor.ts';
import type { Server } from '../context.ts';
import type { Provider } from '#shared/settings/api.ts';

/** Returns what the first page shows of the provider. For a client this includes the tax rate of the prices. */
export async function sessionInfo(server: Server, actor: Actor | null): Promise<Provider> {
  const provider = await settings(server);
  const { name, contactAddress: contact, timeZone } = provider;
  const access = actor && (await findAccess(server, actor.id));
  const { identity = null, taxTreatment = null, taxHold = null } = access?.person ?? {};
  const today = dayOf(server.now(), timeZone);
  const seller = sellerTax(provider, today);
  const known = clientTaxRate(seller, { identity, taxTreatment, taxHold });
  // A client without billing details sees the same rate as a visitor.
  const rate = known ?? (isClient(access?.person) ? visitorRate(provider) : null);
  return {
    provider: name,
    contact,
    timeZone,
    logo: (await logoHash(server)) !== null,
    pages: await publishedPages(server),
    terms: await termsInForce(server),
    taxPercent: rate?.percent ?? null,
    sellerTax: actor && (isClient(access?.person) || mayCreate(actor, 'invoices')) ? seller : null,
    alignment: provider.alignment,
    offerTotp: access !== null && !isClient(access.person) && !access.totp,
  };
}
