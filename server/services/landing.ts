import { findDocuments } from '#sync/server/row.ts';
import { settings, visitorRate } from '../settings/settings.ts';
import { welcomeTexts } from '../settings/pages.ts';
import type { Server } from '../context.ts';
import { services } from '#shared/services/schema.ts';
import type { Landing } from '#shared/services/api.ts';

/** Returns what a visitor sees: the provider and the available services. With the tax rate the page shows totals. */
export async function landing(server: Server): Promise<Landing> {
  const provider = await settings(server);
  const { seller, currency } = provider;
  return {
    seller,
    services: await findDocuments(server, services, { where: { available: true }, order: ['id'] }),
    taxPercent: visitorRate(provider).percent,
    currency,
    welcome: await welcomeTexts(server),
  };
}
