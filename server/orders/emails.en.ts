import { formatMoney, withTax } from '#shared/billing/money.ts';
import type { Order } from '#shared/orders/schema.ts';
import { withdrawalDays } from '#shared/orders/withdrawal.ts';
import type { Content, Frame } from '../email/compose.ts';
import type { AboutOrder } from './about-order.ts';

/** `accessDetails`: of an order that became active. `reason`: the reason for the change; may be ''. */
export type OrderInStatus = AboutOrder & { status: Order['status']; reason: string; accessDetails: string };
/** `when`: the time of receipt, formatted for the reader. `paysForUse`: the days used stay charged. */
export type WithdrawnOrder = AboutOrder & { when: string; paysForUse: boolean };
export type EndingOrder = AboutOrder & { on: string; byClient: boolean };
/** `what`: the service with its options. `on`: the day it takes effect. Null: it took effect at once. */
export type ChangedOrder = AboutOrder & { what: string; on: string | null };

const myServices = { text: 'See my services', path: '/' };
const allOrders = { text: 'See the orders', path: '/orders' };

const periods: Record<Order['billingPeriod'], string> = {
  once: 'once',
  month: 'a month',
  quarter: 'a quarter',
  year: 'a year',
};

/** If the client is charged tax, the total comes first. */
function priceOf({ amount, percent, currency, billingPeriod }: AboutOrder): string {
  if (amount === null) return 'price to be agreed';
  if (amount === 0) return 'free';
  const period = periods[billingPeriod];
  const net = formatMoney(amount, currency, 'en');
  if (!percent) return `${net} ${period}, before tax`;
  return `${formatMoney(withTax(amount, percent), currency, 'en')} ${period} (${net} before tax)`;
}

/** To the client: we received the order; the price, the accepted terms, and how to withdraw. */
export function orderReceived({ appUrl }: Frame, order: AboutOrder): Content {
  const { number, instanceName, service, terms } = order;
  return {
    subject: `Order ${number} received: ${instanceName}`,
    paragraphs: [
      `Thank you. We received your order ${number} for ${service} "${instanceName}": ${priceOf(order)}.`,
      'We will write to you again when it is ready.',
      ...(terms ? [`You accepted our terms, version ${terms}: ${appUrl}/pages/terms`] : []),
      `If you are a consumer, you can withdraw from the contract within ${withdrawalDays} days, in the app or by e-mail.`,
    ],
    link: myServices,
  };
}

/** To the admins: a client ordered something that an admin must set up. */
export function orderPlaced(_frame: Frame, order: AboutOrder & { comments: string }): Content {
  const { number, instanceName, service, clientName, comments } = order;
  return {
    subject: `New order ${number}: ${service} ${instanceName}`,
    paragraphs: [`${clientName} ordered ${service} "${instanceName}": ${priceOf(order)}.`],
    ...(comments ? { quote: comments } : {}),
    link: allOrders,
  };
}

const statuses: Record<Order['status'], string> = {
  'setting up': 'being set up',
  active: 'active',
  suspended: 'suspended',
  cancelled: 'cancelled',
};

/** To the client: the order became active (with its access details), suspended or cancelled (with the reason). */
export function orderStatus(_frame: Frame, order: OrderInStatus): Content {
  const { instanceName, service, status } = order;
  const quote = status === 'active' ? order.accessDetails : order.reason;
  return {
    subject: `${instanceName}: ${statuses[status]}`,
    paragraphs: [`Your service ${service} "${instanceName}" is now ${statuses[status]}.`],
    ...(quote ? { quote } : {}),
    link: myServices,
  };
}

/** To the client: we received the withdrawal, with day and time (Directive 2011/83/EU, article 11a). */
export function orderWithdrawn(_frame: Frame, order: WithdrawnOrder): Content {
  const { number, instanceName, service, when, paysForUse } = order;
  return {
    subject: `Withdrawal received: ${instanceName}`,
    paragraphs: [
      `On ${when} we received your withdrawal from the contract for ${service} "${instanceName}" (order ${number}). The contract has ended.`,
      paysForUse
        ? 'We will refund what you paid for the days that you did not use.'
        : 'We will refund all that you paid for it.',
    ],
    link: myServices,
  };
}

/** To the admins: an order ended, and an admin must shut it down. */
export function orderLeft(_frame: Frame, order: AboutOrder & { reason: string }): Content {
  const { number, instanceName, service, clientName, reason } = order;
  return {
    subject: `Order ${number} ended: ${instanceName}`,
    paragraphs: [`${service} "${instanceName}" of ${clientName} has ended. Please shut it down.`],
    ...(reason ? { quote: reason } : {}),
    link: allOrders,
  };
}

/** To the client: the order will end on a day. */
export function orderEnds(_frame: Frame, { instanceName, on, byClient }: EndingOrder): Content {
  return {
    subject: `${instanceName} ends on ${on}`,
    paragraphs: [
      `Your service "${instanceName}" ends on ${on}.`,
      ...(byClient ? ['Until then, you can undo this in the app.'] : []),
    ],
    link: myServices,
  };
}

/** To the client: the order will not end after all. */
export function orderGoesOn(_frame: Frame, { instanceName }: AboutOrder): Content {
  return {
    subject: `${instanceName} continues`,
    paragraphs: [
      `The cancellation of your service "${instanceName}" was undone. The service continues as before.`,
    ],
    link: myServices,
  };
}

/** To the client: a new price was agreed, from a day on. */
export function orderPrice(_frame: Frame, order: AboutOrder & { from: string }): Content {
  const { instanceName, from } = order;
  return {
    subject: `New price of ${instanceName}`,
    paragraphs: [
      `The new price of "${instanceName}" is: ${priceOf(order)}.`,
      `It applies from the first billing period that starts on or after ${from}.`,
    ],
    link: myServices,
  };
}

/** To the client and the admins: the order gets another service or other options, now or on a day. */
export function orderChanged(_frame: Frame, order: ChangedOrder): Content {
  const { number, instanceName, what, clientName, on } = order;
  const change = on ? `will change on ${on}` : 'has changed';
  return {
    subject: `${instanceName} ${change}`,
    paragraphs: [
      `Order ${number} "${instanceName}" of ${clientName} ${change}.`,
      `The new service: ${what}. The new price: ${priceOf(order)}.`,
    ],
    link: { text: 'See the service', path: '/' },
  };
}

/** To the client and the admins: a planned change was cancelled. */
export function orderStays(_frame: Frame, { number, instanceName }: AboutOrder): Content {
  return {
    subject: `${instanceName} stays as it is`,
    paragraphs: [
      `The planned change of order ${number} "${instanceName}" was cancelled. The service stays as it is.`,
    ],
    link: { text: 'See the service', path: '/' },
  };
}
