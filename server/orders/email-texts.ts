import type { OrderStatus } from '#shared/orders/schema.ts';
import { formatMoney, withTax } from '#shared/billing/money.ts';
import { compose, emailIn, type Frame, type Email } from '../email/compose.ts';

export type OrderData = {
  instanceName: string;
  service: string;
  status: OrderStatus;
  accessDetails: string;
  /** What was said about the change. */
  reason: string;
};

const words: Record<'en' | 'es', Record<OrderStatus, string>> = {
  en: { 'setting up': 'being set up', active: 'active', suspended: 'suspended', cancelled: 'cancelled' },
  es: { 'setting up': 'en preparación', active: 'activo', suspended: 'suspendido', cancelled: 'cancelado' },
};

/** To the client: an order became active (with its access details), suspended or cancelled. */
export function orderStatus(frame: Frame, order: OrderData): Email {
  const status = words[frame.language][order.status];
  const said = order.status === 'active' ? order.accessDetails : order.reason;
  const quote = said ? { quote: said } : {};
  if (frame.language === 'es') {
    return compose(frame, {
      subject: `${order.instanceName}: ${status}`,
      paragraphs: [`Su servicio ${order.service} «${order.instanceName}» está ahora ${status}.`],
      ...quote,
      link: { text: 'Ver mis servicios', path: '/' },
    });
  }
  return compose(frame, {
    subject: `${order.instanceName}: ${status}`,
    paragraphs: [`Your service ${order.service} "${order.instanceName}" is now ${status}.`],
    ...quote,
    link: { text: 'See my services', path: '/' },
  });
}

export type PlacedOrder = {
  number: number;
  instanceName: string;
  service: string;
  /** Net, in minor units; null where an admin sets the price. */
  amount: number | null;
  /** The tax that its client is charged on it, hundredths of a percent; null: not known yet. */
  percent: number | null;
  /** The version of the terms that its client accepted. */
  terms: number | null;
  billingPeriod: 'once' | 'month' | 'quarter' | 'year';
  currency: string;
};

const units = {
  en: { once: 'once', month: 'a month', quarter: 'a quarter', year: 'a year' },
  es: { once: 'una vez', month: 'al mes', quarter: 'al trimestre', year: 'al año' },
};

function priceWords({ language }: Frame, { amount, billingPeriod, currency, percent }: PlacedOrder): string {
  if (amount === null) return language === 'es' ? 'precio a acordar' : 'price to be agreed';
  if (amount === 0) return language === 'es' ? 'gratis' : 'free';
  const net = language === 'es' ? 'sin impuestos' : 'before tax';
  if (percent) {
    // Where somebody will be charged tax, the total stands first.
    const total = formatMoney(withTax(amount, percent), currency, language);
    return `${total} ${units[language][billingPeriod]} (${formatMoney(amount, currency, language)} ${net})`;
  }
  return `${formatMoney(amount, currency, language)} ${units[language][billingPeriod]}, ${net}`;
}

/** To the client: an order was received; what, for how much, and how to withdraw from it. */
export function orderReceived(frame: Frame, order: PlacedOrder): Email {
  const { number, instanceName, service, terms } = order;
  const page = `${frame.appUrl}/pages/terms`;
  const price = priceWords(frame, order);
  return emailIn(frame, {
    en: {
      subject: `Order ${number} received: ${instanceName}`,
      paragraphs: [
        `We received your order ${number} of ${service} "${instanceName}": ${price}. We write again when it is set up.`,
        ...(terms ? [`You accepted our terms, version ${terms}: ${page}`] : []),
        'A consumer may withdraw from the contract within 14 days: in the app, or by an e-mail to us.',
      ],
      link: { text: 'See my services', path: '/' },
    },
    es: {
      subject: `Pedido ${number} recibido: ${instanceName}`,
      paragraphs: [
        `Hemos recibido su pedido ${number} de ${service} «${instanceName}»: ${price}. Le escribiremos cuando esté listo.`,
        ...(terms ? [`Ha aceptado nuestras condiciones, versión ${terms}: ${page}`] : []),
        'Un consumidor puede desistir del contrato en 14 días: en la aplicación o por carta.',
      ],
      link: { text: 'Ver mis servicios', path: '/' },
    },
  });
}

/** To the admins: an order is to be set up. */
export function orderPlaced(frame: Frame, order: PlacedOrder & { client: string; comments: string }): Email {
  const { number, instanceName, service, client } = order;
  const quote = order.comments ? { quote: order.comments } : {};
  return emailIn(frame, {
    en: {
      subject: `New order ${number}: ${service} ${instanceName}`,
      paragraphs: [`${client} ordered ${service} "${instanceName}" (${priceWords(frame, order)}).`],
      ...quote,
      link: { text: 'See the orders', path: '/orders' },
    },
    es: {
      subject: `Nuevo pedido ${number}: ${service} ${instanceName}`,
      paragraphs: [`${client} ha pedido ${service} «${instanceName}» (${priceWords(frame, order)}).`],
      ...quote,
      link: { text: 'Ver los pedidos', path: '/orders' },
    },
  });
}

/** To the client: an order will end on a day. */
export function orderEnds(
  frame: Frame,
  { instanceName, on, byClient }: { instanceName: string; on: string; byClient: boolean },
): Email {
  return emailIn(frame, {
    en: {
      subject: `${instanceName} ends on ${on}`,
      paragraphs: [
        `Your service "${instanceName}" ends on ${on}.${byClient ? ' Until then you can take that back in the app.' : ''}`,
      ],
      link: { text: 'See my services', path: '/' },
    },
    es: {
      subject: `${instanceName} termina el ${on}`,
      paragraphs: [
        `Su servicio «${instanceName}» termina el ${on}.${byClient ? ' Hasta entonces puede anularlo en la aplicación.' : ''}`,
      ],
      link: { text: 'Ver mis servicios', path: '/' },
    },
  });
}

/** To the client: a cancellation was taken back. */
export function orderGoesOn(frame: Frame, { instanceName }: { instanceName: string }): Email {
  return emailIn(frame, {
    en: {
      subject: `${instanceName} goes on`,
      paragraphs: [
        `The cancellation of your service "${instanceName}" was taken back; it goes on as before.`,
      ],
      link: { text: 'See my services', path: '/' },
    },
    es: {
      subject: `${instanceName} continúa`,
      paragraphs: [`Se ha anulado la baja de su servicio «${instanceName}»; continúa como antes.`],
      link: { text: 'Ver mis servicios', path: '/' },
    },
  });
}

/** To the client: a new price was agreed, in force from a day. */
export function orderPrice(frame: Frame, order: PlacedOrder & { from: string }): Email {
  const { instanceName, from } = order;
  const price = priceWords(frame, order);
  return emailIn(frame, {
    en: {
      subject: `New price of ${instanceName}`,
      paragraphs: [
        `From the first period that begins on ${from} or later, "${instanceName}" costs ${price}.`,
      ],
      link: { text: 'See my services', path: '/' },
    },
    es: {
      subject: `Nuevo precio de ${instanceName}`,
      paragraphs: [
        `Desde el primer período que empiece el ${from} o después, «${instanceName}» cuesta ${price}.`,
      ],
      link: { text: 'Ver mis servicios', path: '/' },
    },
  });
}

type ChangedOrder = PlacedOrder & {
  client: string;
  options: string;
  /** The day it takes effect; null: it has. */
  on: string | null;
};

/** To the client and the admins: an order has other options or another service, now or from a day on. */
export function orderChanged(frame: Frame, order: ChangedOrder): Email {
  const { number, instanceName, service, options, client, on } = order;
  const price = priceWords(frame, order);
  const what = [service, options].filter(Boolean).join(', ');
  return emailIn(frame, {
    en: {
      subject: `${instanceName} is changed`,
      paragraphs: [
        `Order ${number} "${instanceName}" of ${client} becomes ${what}${on ? ` on ${on}` : ''}: ${price}.`,
      ],
      link: { text: 'See the service', path: '/' },
    },
    es: {
      subject: `${instanceName} cambia`,
      paragraphs: [
        `El pedido ${number} «${instanceName}» de ${client} pasa a ser ${what}${on ? ` el ${on}` : ''}: ${price}.`,
      ],
      link: { text: 'Ver el servicio', path: '/' },
    },
  });
}

/** To the client and the admins: a change that waited was taken back. */
export function orderStays(
  frame: Frame,
  { number, instanceName }: { number: number; instanceName: string },
): Email {
  return emailIn(frame, {
    en: {
      subject: `${instanceName} stays as it is`,
      paragraphs: [`The change of order ${number} "${instanceName}" was taken back: it stays as it is.`],
      link: { text: 'See the service', path: '/' },
    },
    es: {
      subject: `${instanceName} queda como está`,
      paragraphs: [`Se ha anulado el cambio del pedido ${number} «${instanceName}»: queda como está.`],
      link: { text: 'Ver el servicio', path: '/' },
    },
  });
}

/** To the client: the withdrawal from a contract came in, with day and time (Directive 2011/83/EU, article 11a). */
export function orderWithdrawn(
  frame: Frame,
  order: { number: number; instanceName: string; service: string; when: string },
): Email {
  const { number, instanceName, service, when } = order;
  return emailIn(frame, {
    en: {
      subject: `Withdrawal received: ${instanceName}`,
      paragraphs: [
        `On ${when} we received your withdrawal from the contract on ${service} "${instanceName}" (order ${number}). It has ended.`,
        'What was paid for days not used is given back.',
      ],
      link: { text: 'See my services', path: '/' },
    },
    es: {
      subject: `Desistimiento recibido: ${instanceName}`,
      paragraphs: [
        `El ${when} hemos recibido su desistimiento del contrato de ${service} «${instanceName}» (pedido ${number}). Ha terminado.`,
        'Se devuelve lo pagado por los días no usados.',
      ],
      link: { text: 'Ver mis servicios', path: '/' },
    },
  });
}

/** To the admins: a client ended an order, which is to be taken down. */
export function orderLeft(
  frame: Frame,
  order: { number: number; instanceName: string; service: string; client: string; reason: string },
): Email {
  const { number, instanceName, service, client, reason } = order;
  const quote = reason ? { quote: reason } : {};
  return emailIn(frame, {
    en: {
      subject: `Order ${number} ended: ${instanceName}`,
      paragraphs: [`${service} "${instanceName}" of ${client} has ended. It is to be taken down.`],
      ...quote,
      link: { text: 'See the orders', path: '/orders' },
    },
    es: {
      subject: `Pedido ${number} terminado: ${instanceName}`,
      paragraphs: [`${service} «${instanceName}» de ${client} ha terminado. Hay que retirarlo.`],
      ...quote,
      link: { text: 'Ver los pedidos', path: '/orders' },
    },
  });
}
