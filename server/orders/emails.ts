import { addDays, type Day } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { taxRateFor } from '#shared/billing/tax.ts';
import type { Server } from '../context.ts';
import { sellerTax, settings } from '../settings/settings.ts';
import {
  orderChanged,
  orderEnds,
  orderGoesOn,
  orderLeft,
  orderPlaced,
  orderPrice,
  orderReceived,
  orderStatus,
  orderStays,
  orderWithdrawn,
  type PlacedOrder,
} from './email-texts.ts';
import { find, plain, timeIn, type Writer } from '../email/template.ts';

/** The day from which a price holds, and how many were agreed by then: an e-mail for each time that it is agreed. */
export const stepOfPrice = (from: Day, count: number) => (Date.parse(from) / 86_400_000) * 1_000 + count;
const dayOfStep = (step: number) => addDays('1970-01-01', Math.floor(step / 1_000));

/** E-mails about an order; `document` is the order, `step` which of its changes. */
export const orderWriters = {
  'order-status': async (server, frame, { document, step }) => {
    const order = await find(server, 'orders', document);
    const service = await find(server, 'services', order.service);
    // The change that the e-mail is about, not what became of the order since.
    const { status, reason } = order.history[step - 1] ?? order;
    return plain(orderStatus(frame, { ...order, status, reason, service: service.name }));
  },
  'order-changed': async (server, frame, { document }) => {
    const order = await find(server, 'orders', document);
    const client = (await find(server, 'people', order.client)).displayName;
    const { change } = order;
    const service = await find(server, 'services', change?.service ?? order.service);
    const options = (change?.options ?? order.options)
      .map(({ key, quantity }) => `${key} ${quantity / 1000}`)
      .join(', ');
    const amount = order.prices.at(-1)?.amount ?? null;
    const data = { ...(await placedOrder(server, document)), service: service.name, amount, client, options };
    return plain(orderChanged(frame, { ...data, on: change?.on ?? null }));
  },
  'order-withdrawn': async (server, frame, { document, createdAt }) => {
    const { number, instanceName, service } = await placedOrder(server, document);
    const when = await timeIn(server, frame, createdAt);
    return plain(orderWithdrawn(frame, { number, instanceName, service, when }));
  },
  'order-left': async (server, frame, { document, step }) => {
    const order = await find(server, 'orders', document);
    const client = (await find(server, 'people', order.client)).displayName;
    const { reason } = order.history[step - 1] ?? order;
    return plain(orderLeft(frame, { ...(await placedOrder(server, document)), client, reason }));
  },
  'order-received': async (server, frame, { document }) =>
    plain(orderReceived(frame, await placedOrder(server, document))),
  'order-placed': async (server, frame, { document }) => {
    const order = await find(server, 'orders', document);
    const client = (await find(server, 'people', order.client)).displayName;
    const data = { ...(await placedOrder(server, document)), client, comments: order.comments };
    return plain(orderPlaced(frame, data));
  },
  'order-ends': async (server, frame, { document }) => {
    const { instanceName, cancelsOn, endsBy } = await find(server, 'orders', document);
    // Taken back before the e-mail went out: then that is what there is to say.
    if (cancelsOn === null) return plain(orderGoesOn(frame, { instanceName }));
    return plain(orderEnds(frame, { instanceName, on: cancelsOn, byClient: endsBy !== 'staff' }));
  },
  'order-goes-on': async (server, frame, { document }) =>
    plain(orderGoesOn(frame, await find(server, 'orders', document))),
  'order-price': async (server, frame, { document, step }) => {
    const { prices } = await find(server, 'orders', document);
    const price = prices.findLast(({ from }) => from === dayOfStep(step));
    const order = await placedOrder(server, document);
    return plain(orderPrice(frame, { ...order, amount: price?.amount ?? null, from: price?.from ?? '' }));
  },
  'order-stays': async (server, frame, { document }) =>
    plain(orderStays(frame, await placedOrder(server, document))),
} satisfies Record<string, Writer>;

async function placedOrder(server: Server, id: string): Promise<PlacedOrder> {
  const order = await find(server, 'orders', id);
  const service = await find(server, 'services', order.service);
  const provider = await settings(server);
  const { identity, taxTreatment } = await find(server, 'people', order.client);
  const today = dayOf(server.now(), provider.timeZone);
  const rate = taxTreatment?.rate ?? (identity ? taxRateFor(sellerTax(provider, today), identity) : null);
  const { number, instanceName, billingPeriod } = order;
  const amount = order.prices[0]?.amount ?? null;
  return {
    ...{ number: number ?? 0, instanceName, service: service.name, amount, billingPeriod },
    ...{ currency: provider.currency, percent: rate?.percent ?? null, terms: order.terms?.version ?? null },
  };
}
