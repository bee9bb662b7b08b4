import { formatMoney } from '#shared/billing/money.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { Content, Frame } from '../email/compose.ts';
import { namesOf, paymentParagraphs } from './email-invoice.ts';
import type { ClockDays, DraftedCredit, HeldOrder, OverdueInvoice, RefusedProof } from './emails.en.ts';

const linkTo = (invoice: string, text = 'Ver la factura') => ({ text, path: `/invoices/${invoice}` });

/** To the client and accounting@: an invoice was issued; its PDF is attached. */
export function invoiceIssued(_frame: Frame, invoice: Invoice): Content {
  const { number, dueDate, buyer } = namesOf(invoice);
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

/** To the client and accounting@: an invoice was corrected; the PDF of the rectifying invoice is attached. */
export function correctionIssued(_frame: Frame, invoice: Invoice): Content {
  const { id, correctsNumber, reason, currency } = invoice;
  const { number, buyer } = namesOf(invoice);
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

/** To accounting@: a credit for paid days that were not used was drafted and waits to be issued. */
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

/** To the client: an invoice is overdue, for the first time or still. */
export function invoiceReminder(_frame: Frame, { invoice, open, step }: OverdueInvoice): Content {
  const { number, dueDate } = namesOf(invoice);
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

/** To the client: the invoice is paid. */
export function invoicePaid(_frame: Frame, invoice: Invoice): Content {
  const { number } = namesOf(invoice);
  const total = formatMoney(invoice.total, invoice.currency, 'es');
  return {
    subject: `Factura ${number} pagada`,
    paragraphs: [`Hemos recibido su pago de la factura ${number} (${total}). Gracias.`],
    link: linkTo(invoice.id),
  };
}

/** To the client: a proof of payment was not accepted, and why. */
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

/** To the client and accounting@, at most once a day: charges cannot be invoiced without billing details. */
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

/** To the admins, at most once a day: a billing run found too many charges for an order and held it. */
export function billingHeld(_frame: Frame, { number, instanceName }: HeldOrder): Content {
  return {
    subject: `La facturación del pedido ${number} está retenida`,
    paragraphs: [
      `Al facturar han salido más cargos del pedido ${number} «${instanceName}» de lo que parece correcto.`,
      'No se cobrará nada de este pedido hasta que alguien lo revise.',
    ],
    link: { text: 'Ver los pedidos', path: '/orders' },
  };
}

/** To the admins, at most once a day: the server's clock is behind the day of the last invoice. */
export function clockBehind(_frame: Frame, { today, last }: ClockDays): Content {
  return {
    subject: 'No se emiten facturas: el reloj va atrasado',
    paragraphs: [
      `El reloj del servidor dice ${today}, pero la última factura es del ${last}.`,
      'No se emite ninguna factura hasta que el reloj esté en hora.',
    ],
    link: { text: 'Ver las facturas', path: '/invoices' },
  };
}
