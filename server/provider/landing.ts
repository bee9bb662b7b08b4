import type { Landing } from '#sync/api/ports.ts';
import type { Server } from '../context.ts';
import { toDocument } from '../documents/row.ts';
import { settings } from './settings.ts';

/** What a visitor sees: who provides this, and what is offered now. Who will be charged tax is shown the total. */
export async function landing(server: Server): Promise<Landing> {
  const { seller, standardRate, noTaxRate, currency } = await settings(server);
  const rows = await server.models.services.findAll({
    where: { available: true },
    order: ['name'],
    raw: true,
  });
  const rate = seller.vatNumber === '' ? noTaxRate : standardRate;
  return {
    seller,
    services: rows.map((row) => toDocument('services', row)),
    taxPercent: rate.percent,
    currency,
  };
}
