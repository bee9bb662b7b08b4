import type { OrderStatus } from '#shared/collections/orders.ts';
import { compose, type Frame, type Letter } from './letter.ts';

export type OrderData = { instanceName: string; service: string; status: OrderStatus; accessDetails: string };

const words: Record<'en' | 'es', Record<OrderStatus, string>> = {
  en: { 'setting up': 'being set up', active: 'active', suspended: 'suspended', cancelled: 'cancelled' },
  es: { 'setting up': 'en preparación', active: 'activo', suspended: 'suspendido', cancelled: 'cancelado' },
};

/** To the client: an order became active (with its access details), suspended or cancelled. */
export function orderStatus(frame: Frame, order: OrderData): Letter {
  const status = words[frame.language][order.status];
  const quote = order.status === 'active' && order.accessDetails ? { quote: order.accessDetails } : {};
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
