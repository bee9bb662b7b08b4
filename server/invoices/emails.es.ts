import { longDay } from '#shared/settings/long-day.ts';
import { formatMoney } from '#shared/billing/money.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { Content, Frame } from '../email/compose.ts';
import { namesOf, paymentParagraphs } from './email-invoice.ts';
import type { ClockDays, DraftedCredit, HeldOrder, OverdueInvoice, RefusedProof } from './emails.en.ts';

const linkTo = (invoice: string, text = 'Ver la factura') => ({ text, path: `/invoices/${invoice}` });

/** Sent to the client and accounting@ when an invoice is issued. The PDF is attached. */
export function invoiceIssued(frame: Frame, invoice: Invoice): Content {
  const { number, dueDate, buyer } = namesOf(invoice, frame);
  const total = formatMoney(invoice.total, invoice.currency, 'es');
  return {
    subject: `Factura ${number}`,
    paragraphs: [
      `Adjuntamos la factura ${number}${buyer && ` para ${buyer}`}. El total es de ${total} y vence el ${dueDate}.`,
      ...paymentParagraphs(invoice),
    ],
    link: linkTo(invoice.id),
  };
}

/** Sent to the client and accounting@ when an invoice is corrected. The PDF of the rectifying invoice is attached. */
export function correctionIssued(frame: Frame, invoice: Invoice): Content {
  const { id, correctsNumber, reason, currency } = invoice;
  const { number, buyer } = namesOf(invoice, frame);
  const total = formatMoney(invoice.total, currency, 'es');
  return {
    subject: `Factura ${number}, que rectifica la ${correctsNumber}`,
    paragraphs: [
      `Adjuntamos la factura rectificativa ${number}${buyer && ` para ${buyer}`}. Cambia el total de la factura ${correctsNumber} en ${total}.`,
      'Motivo:',
    ],
    quote: reason,
    link: linkTo(id),
  };
}

/** Sent to accounting@ when a credit for unused days was drafted and has to be issued. */
export function creditDrafted(_frame: Frame, { invoice, corrects, clientName }: DraftedCredit): Content {
  return {
    subject: `Abono para ${clientName} por revisar`,
    paragraphs: [
      `Un servicio de ${clientName} ha terminado antes de tiempo. La factura ${corrects} cobra días que no se han usado.`,
      'Hay un borrador de factura rectificativa por esos días. Por favor, revíselo y emítalo.',
    ],
    link: linkTo(invoice, 'Ver el borrador'),
  };
}

/** Sent to the client when an invoice is overdue, as a first or later reminder. */
export function invoiceReminder(frame: Frame, { invoice, open, step }: OverdueInvoice): Content {
  const { number, dueDate } = namesOf(invoice, frame);
  const sum = formatMoney(open, invoice.currency, 'es');
  const isFirst = step <= 1;
  return {
    subject: `${isFirst ? 'Recordatorio' : 'Nuevo recordatorio'}: factura ${number}`,
    paragraphs: [
      `La factura ${number} venció el ${dueDate}. ${isFirst ? 'Quedan' : 'Siguen'} pendientes ${sum}.`,
      'Si ya la ha pagado, no tenga en cuenta este correo.',
      ...paymentParagraphs(invoice),
    ],
    link: linkTo(invoice.id),
  };
}

/** Sent to the client when the invoice is paid. */
export function invoicePaid(frame: Frame, invoice: Invoice): Content {
  const { number } = namesOf(invoice, frame);
  const total = formatMoney(invoice.total, invoice.currency, 'es');
  return {
    subject: `Factura ${number} pagada`,
    paragraphs: [`Hemos recibido su pago de la factura ${number} (${total}). Gracias.`],
    link: linkTo(invoice.id),
  };
}

/** Sent to the client, with the reason, when a proof of payment is not accepted. */
export function proofRefused(_frame: Frame, { invoice, number, reason }: RefusedProof): Content {
  return {
    subject: `Justificante de la factura ${number} no aceptado`,
    paragraphs: [
      `No hemos podido aceptar el justificante de pago que envió para la factura ${number}. Motivo:`,
    ],
    quote: reason,
    link: linkTo(invoice),
  };
}

/** Sent to the client and accounting@, at most once a day, when charges cannot be invoiced without billing details. */
export function identityMissing(_frame: Frame, { clientName }: { clientName: string }): Content {
  return {
    subject: `Faltan los datos de facturación de ${clientName}`,
    paragraphs: [
      `Aún no podemos facturar los cargos de ${clientName}: falta el nombre, la dirección o el NIF para la factura.`,
      'Por favor, complete los datos en la aplicación, en Cuenta.',
    ],
    link: { text: 'Completar los datos', path: '/account' },
  };
}

/** Sent to the admins, at most once a day, when a billing run holds an order because it found too many charges. */
export function billingHeld(_frame: Frame, { number, instanceName }: HeldOrder): Content {
  return {
    subject: `La facturación del pedido ${number} está retenida`,
    paragraphs: [
      `Al facturar han salido más cargos del pedido ${number} «${instanceName}» de lo que parece correcto.`,
      'No se harán más cargos de este pedido hasta que alguien lo revise.',
    ],
    link: { text: 'Ver los pedidos', path: '/orders' },
  };
}

type HeldInvoice = { clientName: string; characters: string };

/** Sent to the admins and accounting, at most once a day, when an invoice has characters that no font can draw. */
export function unprintable(_frame: Frame, { clientName, characters }: HeldInvoice): Content {
  return {
    subject: `La factura de ${clientName} no se puede imprimir`,
    paragraphs: [
      `La factura de ${clientName} contiene caracteres que el PDF no puede mostrar: ${characters}`,
      'No se emite hasta que se sustituyan, por ejemplo por letras latinas. Están en los datos de facturación, en los nombres de los servicios o en el texto de pago.',
    ],
    link: { text: 'Ver lo pendiente', path: '/billing' },
  };
}

/** Sent to the admins, at most once a day, when the server's clock is behind the day of the last invoice. */
export function clockBehind(frame: Frame, clock: ClockDays): Content {
  const [today, last] = [longDay(clock.today, frame.language), longDay(clock.last, frame.language)];
  return {
    subject: 'No se emiten facturas: el reloj va atrasado',
    paragraphs: [
      `El reloj del servidor dice ${today}, pero la última factura es del ${last}.`,
      'No se emite ninguna factura hasta que el reloj esté en hora.',
    ],
    link: { text: 'Ver las facturas', path: '/invoices' },
  };
}
