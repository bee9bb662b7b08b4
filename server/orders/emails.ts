import { longDay } from '#shared/settings/long-day.ts';
import { orders, type Order } from '#shared/orders/schema.ts';
import { services } from '#shared/services/schema.ts';
import { findDocument } from '#sync/server/row.ts';
import { compose, type Frame } from '../email/compose.ts';
import { plain, timeIn, type Templates } from '../email/template.ts';
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

const textsIn = ({ language }: Frame): typeof en => (language === 'es' ? es : en);

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
  'order-received': ({ frame }, order) => plain(compose(frame, textsIn(frame).orderReceived(frame, order))),
  'order-placed': ({ frame }, order) => plain(compose(frame, textsIn(frame).orderPlaced(frame, order))),
  'order-status': async ({ server, frame, document }, order) => {
    // Access details are read only now, so that the outbox never stores them.
    const found = await findDocument(server, orders, { where: { id: document } });
    const accessDetails = order.status === 'active' ? (found?.accessDetails ?? '') : '';
    return plain(compose(frame, textsIn(frame).orderStatus(frame, { ...order, accessDetails })));
  },
  'order-withdrawn': async ({ server, frame, document, createdAt }, order) => {
    const found = await findDocument(server, orders, { where: { id: document } });
    const paysForUse = found?.beginAtOnce === true && found.billingPeriod !== 'once';
    const withdrawn = { ...order, when: timeIn(frame, createdAt), paysForUse };
    return plain(compose(frame, textsIn(frame).orderWithdrawn(frame, withdrawn)));
  },
  'order-left': ({ frame }, order) => plain(compose(frame, textsIn(frame).orderLeft(frame, order))),
  'order-ends': ({ frame }, order) =>
    plain(
      compose(frame, textsIn(frame).orderEnds(frame, { ...order, on: longDay(order.on, frame.language) })),
    ),
  'order-goes-on': ({ frame }, order) => plain(compose(frame, textsIn(frame).orderGoesOn(frame, order))),
  'order-price': ({ frame }, order) =>
    plain(
      compose(
        frame,
        textsIn(frame).orderPrice(frame, { ...order, from: longDay(order.from, frame.language) }),
      ),
    ),
  'order-changed': async ({ server, frame }, order) => {
    const service = await findDocument(server, services, { where: { name: order.service } });
    const on = order.on === null ? null : longDay(order.on, frame.language);
    const what = serviceWithOptions(order, { language: frame.language, offered: service?.options ?? [] });
    return plain(compose(frame, textsIn(frame).orderChanged(frame, { ...order, on, what })));
  },
  'order-stays': ({ frame }, order) => plain(compose(frame, textsIn(frame).orderStays(frame, order))),
};
