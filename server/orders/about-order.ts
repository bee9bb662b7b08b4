import { dayOf } from '#shared/billing/period.ts';
import { clientTaxRate } from '#shared/billing/tax.ts';
import type { Order } from '#shared/orders/schema.ts';
import { people } from '#shared/people/schema.ts';
import { services } from '#shared/services/schema.ts';
import { findDocument } from '#sync/server/row.ts';
import type { Tx } from '../context.ts';
import { sellerTax, settings } from '../settings/settings.ts';

/** The data that e-mails about an order show, as it was at the event. */
export type AboutOrder = {
  number: number;
  instanceName: string;
  /** Its short name. The e-mail shows the name in the reader's language. */
  service: string;
  clientName: string;
  /** Net, in minor units, as first agreed. Null: an admin has not set it yet. */
  amount: number | null;
  billingPeriod: Order['billingPeriod'];
  currency: string;
  /** Tax in hundredths of a percent. Null: not known yet. */
  percent: number | null;
  /** Version of the accepted terms. */
  terms: number | null;
};

/**
 * Collects the data for an e-mail about an order.
 *
 * @param service the service that the e-mail names; default: the order's own
 */
export async function aboutOrder(tx: Tx, order: Order, service = order.service): Promise<AboutOrder> {
  const { server, transaction } = tx;
  const found = await findDocument(server, services, { where: { id: service }, transaction });
  const client = await tx.read(people, order.client);
  const provider = await settings(server, transaction);
  const today = dayOf(tx.now, provider.timeZone);
  const { identity = null, taxTreatment = null, taxHold = null, displayName = '' } = client ?? {};
  const rate = clientTaxRate(sellerTax(provider, today), { identity, taxTreatment, taxHold });
  return {
    number: order.number ?? 0,
    instanceName: order.instanceName,
    service: found?.slug ?? '',
    clientName: displayName,
    amount: order.prices[0]?.amount ?? null,
    billingPeriod: order.billingPeriod,
    currency: provider.currency,
    percent: rate?.percent ?? null,
    terms: order.terms?.version ?? null,
  };
}
