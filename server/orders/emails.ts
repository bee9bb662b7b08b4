import { longDay } from '#shared/settings/long-day.ts';
import { orders, type Order } from '#shared/orders/schema.ts';
import { services, type Service } from '#shared/services/schema.ts';
import { serviceName } from '#shared/services/service-name.ts';
import { findDocument } from '#sync/server/row.ts';
import type { Server } from '../context.ts';
import { compose, type Frame } from '../email/compose.ts';
import { plain, timeIn, type Templates, type WrittenEmail } from '../email/template.ts';
import type { AboutOrder } from './about-order.ts';
import { serviceWithOptions } from './email-options.ts';
import * as en from './emails.en.ts';
import * as es from './emails.es.ts';

type OrderMove = AboutOrder & { status: Order['status']; reason: string };

declare module '../email/outbox.ts' {
  interface EmailPayloads {
    'order-received': AboutOrder;
    'order-placed': AboutOrder & { comments: string };
    'order-status': OrderMove;
    'order-withdrawn': OrderMove;
    'order-left': OrderMove;
    'order-ends': AboutOrder & { on: string; byClient: boolean };
    'order-goes-on': AboutOrder;
    'order-price': AboutOrder & { from: string };
    'order-changed': AboutOrder & { options: Order['options']; on: string | null };
    'order-stays': AboutOrder;
  }
}

type To = { server: Server; frame: Frame };
type Texts = typeof en;

const serviceOf = ({ server }: To, order: AboutOrder): Promise<Service | null> =>
  findDocument(server, services, { where: { slug: order.service } });

/** Writes the e-mail in the reader's language. A service that was renamed since is called by its short name. */
async function written<O extends AboutOrder>(
  to: To,
  order: O,
  textOf: (texts: Texts) => (frame: Frame, order: O) => Parameters<typeof compose>[1],
): Promise<WrittenEmail> {
  const { frame } = to;
  const found = await serviceOf(to, order);
  const service = found ? serviceName(found, frame.language) : order.service;
  return plain(compose(frame, textOf(frame.language === 'es' ? es : en)(frame, { ...order, service })));
}

/** E-mails about an order. */
export const orderEmails: Templates<
  | 'order-received'
  | 'order-placed'
  | 'order-status'
  | 'order-withdrawn'
  | 'order-left'
  | 'order-ends'
  | 'order-goes-on'
  | 'order-price'
  | 'order-changed'
  | 'order-stays'
> = {
  'order-received': (to, order) => written(to, order, (texts) => texts.orderReceived),
  'order-placed': (to, order) => written(to, order, (texts) => texts.orderPlaced),
  'order-status': async (to, order) => {
    // Access details are read only now, so that the outbox never stores them.
    const found = await findDocument(to.server, orders, { where: { id: to.document } });
    const accessDetails = order.status === 'active' ? (found?.accessDetails ?? '') : '';
    return written(to, { ...order, accessDetails }, (texts) => texts.orderStatus);
  },
  'order-withdrawn': async (to, order) => {
    const found = await findDocument(to.server, orders, { where: { id: to.document } });
    const paysForUse = found?.beginAtOnce === true && found.billingPeriod !== 'once';
    const withdrawn = { ...order, when: timeIn(to.frame, to.createdAt), paysForUse };
    return written(to, withdrawn, (texts) => texts.orderWithdrawn);
  },
  'order-left': (to, order) => written(to, order, (texts) => texts.orderLeft),
  'order-ends': (to, order) =>
    written(to, { ...order, on: longDay(order.on, to.frame.language) }, (texts) => texts.orderEnds),
  'order-goes-on': (to, order) => written(to, order, (texts) => texts.orderGoesOn),
  'order-price': (to, order) =>
    written(to, { ...order, from: longDay(order.from, to.frame.language) }, (texts) => texts.orderPrice),
  'order-changed': async (to, order) => {
    const { language } = to.frame;
    const service = await serviceOf(to, order);
    const name = service ? serviceName(service, language) : order.service;
    const what = serviceWithOptions(
      { service: name, options: order.options },
      { language, offered: service?.options ?? [] },
    );
    const on = order.on === null ? null : longDay(order.on, language);
    return written(to, { ...order, on, what }, (texts) => texts.orderChanged);
  },
  'order-stays': (to, order) => written(to, order, (texts) => texts.orderStays),
};
