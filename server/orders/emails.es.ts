import { formatMoney, withTax } from '#shared/billing/money.ts';
import type { Order } from '#shared/orders/schema.ts';
import { withdrawalDays } from '#shared/orders/withdrawal.ts';
import type { Content, Frame } from '../email/compose.ts';
import type { AboutOrder } from './about-order.ts';
import type { ChangedOrder, EndingOrder, OrderInStatus, WithdrawnOrder } from './emails.en.ts';

const myServices = { text: 'Ver mis servicios', path: '/' };
const allOrders = { text: 'Ver los pedidos', path: '/orders' };

const periods: Record<Order['billingPeriod'], string> = {
  once: 'una sola vez',
  month: 'al mes',
  quarter: 'al trimestre',
  year: 'al año',
};

/** If the client is charged tax, the total comes first. */
function priceOf({ amount, percent, currency, billingPeriod }: AboutOrder): string {
  if (amount === null) return 'precio por acordar';
  if (amount === 0) return 'gratis';
  const period = periods[billingPeriod];
  const net = formatMoney(amount, currency, 'es');
  if (!percent) return `${net} ${period}, sin impuestos`;
  return `${formatMoney(withTax(amount, percent), currency, 'es')} ${period} (${net} sin impuestos)`;
}

/** To the client: we received the order; the price, the accepted terms, and how to withdraw. */
export function orderReceived({ appUrl }: Frame, order: AboutOrder): Content {
  const { number, instanceName, service, terms } = order;
  return {
    subject: `Pedido ${number} recibido: ${instanceName}`,
    paragraphs: [
      `Gracias. Hemos recibido su pedido ${number} de ${service} «${instanceName}»: ${priceOf(order)}.`,
      'Le escribiremos de nuevo cuando esté listo.',
      ...(terms ? [`Ha aceptado nuestras condiciones, versión ${terms}: ${appUrl}/pages/terms`] : []),
      `Si es consumidor, puede desistir del contrato en un plazo de ${withdrawalDays} días, en la aplicación o por correo electrónico.`,
    ],
    link: myServices,
  };
}

/** To the admins: a client ordered something that an admin must set up. */
export function orderPlaced(_frame: Frame, order: AboutOrder & { comments: string }): Content {
  const { number, instanceName, service, clientName, comments } = order;
  return {
    subject: `Nuevo pedido ${number}: ${service} ${instanceName}`,
    paragraphs: [`${clientName} ha pedido ${service} «${instanceName}»: ${priceOf(order)}.`],
    ...(comments ? { quote: comments } : {}),
    link: allOrders,
  };
}

const statuses: Record<Order['status'], string> = {
  'setting up': 'en preparación',
  active: 'activo',
  suspended: 'suspendido',
  cancelled: 'cancelado',
};

/** To the client: the order became active (with its access details), suspended or cancelled (with the reason). */
export function orderStatus(_frame: Frame, order: OrderInStatus): Content {
  const { instanceName, service, status } = order;
  const quote = status === 'active' ? order.accessDetails : order.reason;
  return {
    subject: `${instanceName}: ${statuses[status]}`,
    paragraphs: [`Su servicio ${service} «${instanceName}» está ahora ${statuses[status]}.`],
    ...(quote ? { quote } : {}),
    link: myServices,
  };
}

/** To the client: we received the withdrawal, with day and time (Directive 2011/83/EU, article 11a). */
export function orderWithdrawn(_frame: Frame, order: WithdrawnOrder): Content {
  const { number, instanceName, service, when, paysForUse } = order;
  return {
    subject: `Desistimiento recibido: ${instanceName}`,
    paragraphs: [
      `El ${when} recibimos su desistimiento del contrato de ${service} «${instanceName}» (pedido ${number}). El contrato ha terminado.`,
      paysForUse
        ? 'Le devolveremos lo que pagó por los días que no ha usado.'
        : 'Le devolveremos todo lo que pagó por él.',
    ],
    link: myServices,
  };
}

/** To the admins: an order ended, and an admin must shut it down. */
export function orderLeft(_frame: Frame, order: AboutOrder & { reason: string }): Content {
  const { number, instanceName, service, clientName, reason } = order;
  return {
    subject: `Pedido ${number} terminado: ${instanceName}`,
    paragraphs: [`${service} «${instanceName}» de ${clientName} ha terminado. Hay que darlo de baja.`],
    ...(reason ? { quote: reason } : {}),
    link: allOrders,
  };
}

/** To the client: the order will end on a day. */
export function orderEnds(_frame: Frame, { instanceName, on, byClient }: EndingOrder): Content {
  return {
    subject: `${instanceName} termina el ${on}`,
    paragraphs: [
      `Su servicio «${instanceName}» termina el ${on}.`,
      ...(byClient ? ['Hasta entonces puede anular la baja en la aplicación.'] : []),
    ],
    link: myServices,
  };
}

/** To the client: the order will not end after all. */
export function orderGoesOn(_frame: Frame, { instanceName }: AboutOrder): Content {
  return {
    subject: `${instanceName} continúa`,
    paragraphs: [`Se ha anulado la baja de su servicio «${instanceName}». El servicio continúa como antes.`],
    link: myServices,
  };
}

/** To the client: a new price was agreed, from a day on. */
export function orderPrice(_frame: Frame, order: AboutOrder & { from: string }): Content {
  const { instanceName, from } = order;
  return {
    subject: `Nuevo precio de ${instanceName}`,
    paragraphs: [
      `El nuevo precio de «${instanceName}» es: ${priceOf(order)}.`,
      `Se aplica desde el primer período de facturación que empiece el ${from} o después.`,
    ],
    link: myServices,
  };
}

/** To the client and the admins: the order gets another service or other options, now or on a day. */
export function orderChanged(_frame: Frame, order: ChangedOrder): Content {
  const { number, instanceName, what, clientName, on } = order;
  const change = on ? `cambiará el ${on}` : 'ha cambiado';
  return {
    subject: `${instanceName} ${change}`,
    paragraphs: [
      `El pedido ${number} «${instanceName}» de ${clientName} ${change}.`,
      `Nuevo servicio: ${what}. Nuevo precio: ${priceOf(order)}.`,
    ],
    link: { text: 'Ver el servicio', path: '/' },
  };
}

/** To the client and the admins: a planned change was cancelled. */
export function orderStays(_frame: Frame, { number, instanceName }: AboutOrder): Content {
  return {
    subject: `${instanceName} queda como está`,
    paragraphs: [
      `Se ha anulado el cambio previsto del pedido ${number} «${instanceName}». El servicio queda como está.`,
    ],
    link: { text: 'Ver el servicio', path: '/' },
  };
}
