import { Op } from 'sequelize';
import { chargesDue, reasonOf, type Charge } from '#shared/billing/charges.ts';
import { invoiceKindFor } from '#shared/invoices/invoice-kind.ts';
import { withTax } from '#shared/billing/money.ts';
import { clientTaxRate } from '#shared/billing/tax.ts';
import { addDays, type Day } from '#shared/billing/day.ts';
import { findDocuments } from '#sync/server/row.ts';
import { findRows } from '../models/rows.ts';
import { sellerTax, settings } from '../settings/settings.ts';
import { chargesMade, startedOrders } from './billable.ts';
import { fittingAdjustments } from './waiting-adjustments.ts';
import { unprintable } from './pdf/printable-text.ts';
import type { Server } from '../context.ts';
import type { Order } from '#shared/orders/schema.ts';
import { people } from '#shared/people/schema.ts';
import type { NamedOrder, NextRun } from '#shared/invoices/api.ts';

type NextCharge = NextRun['clients'][number]['charges'][number];

/** What a run on a day would issue, to which clients and why, for the command and the accountant's page. Changes nothing. */
export async function nextRun(server: Server, day: Day): Promise<NextRun> {
  const provider = await settings(server);
  const { currency, seller, simplifiedUpTo } = provider;
  const orders = await startedOrders(server);
  const { charges, held } = chargesDue(orders, await chargesMade(server), day);
  const byId = new Map(orders.map((order) => [order.id, order]));
  const adjustments = await waitingAdjustments(server);
  const ids = [...new Set([...charges, ...adjustments].map(({ client }) => client))];
  const persons = await findDocuments(server, people, { where: { id: { [Op.in]: ids } } });
  const all = persons.map(({ id, displayName, identity, taxTreatment, taxHold }) => {
    const own = charges.filter(({ client }) => client === id).flatMap((charge) => explain(byId, charge));
    const ownAdjustments = fittingAdjustments(
      own,
      adjustments.filter(({ client }) => client === id),
    );
    const net = [...own, ...ownAdjustments].reduce((sum, { amount }) => sum + amount, 0);
    const percent =
      clientTaxRate(sellerTax(provider, day), { identity, taxTreatment, taxHold })?.percent ?? 0;
    const limits = { country: seller.country, simplifiedUpTo };
    const waits = invoiceKindFor(limits, identity, withTax(net, percent)) === null;
    const texts = Object.values(identity ?? {}).filter((text) => typeof text === 'string');
    return {
      client: id,
      name: identity?.legalName ?? displayName,
      net,
      waits,
      unprintable: unprintable([...texts, ...own.map(({ text }) => text)].join('\n')).join(' '),
      charges: own,
      adjustments: ownAdjustments.map(({ text, amount }) => ({ text, amount })),
    };
  });
  // A client who only has credits waiting gets no invoice.
  const clients = all.filter((each) => each.charges.length + each.adjustments.length > 0);
  const month = day.slice(0, 7);
  return {
    day,
    currency,
    clients: clients.toSorted((a, b) => b.net - a.net),
    held: held.map(({ order }) => nameOf(byId.get(order), order)),
    net: clients.reduce((sum, each) => sum + each.net, 0),
    lastMonth: await issuedIn(server, addDays(`${month}-01`, -1).slice(0, 7)),
    thisMonth: await issuedIn(server, month),
  };
}

function explain(orders: ReadonlyMap<string, Order>, charge: Charge): NextCharge[] {
  const order = orders.get(charge.order);
  if (!order) return [];
  const { from, to, amount, due } = charge;
  return [{ ...nameOf(order, order.id), from, to, amount, due, why: reasonOf(order, charge) }];
}

function nameOf(order: Order | undefined, id: string): NamedOrder {
  return { order: id, number: order?.number ?? null, text: order?.instanceName ?? '' };
}

async function waitingAdjustments(
  server: Server,
): Promise<{ client: string; text: string; amount: number }[]> {
  return findRows(server.models.adjustments, { where: { invoice: null }, order: ['madeAt', 'id'] });
}

async function issuedIn(server: Server, month: string): Promise<number> {
  const where = { date: { [Op.between]: [`${month}-01`, `${month}-31`] }, number: { [Op.ne]: null } };
  return Number((await server.models.invoices.sum('net', { where })) ?? 0);
}
