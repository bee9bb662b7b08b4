import { formatMoney } from '#shared/billing/money.ts';
import { compose, emailIn, type Frame, type Email } from '../email/compose.ts';

export type InvoiceData = {
  id: string;
  number: string;
  client: string;
  total: number;
  currency: string;
  dueDate: string;
  paymentText: string;
  iban: string;
};

/** To the client and accounting@: an invoice was issued; its PDF is attached. */
export function invoiceIssued(frame: Frame, invoice: InvoiceData): Email {
  const total = formatMoney(invoice.total, invoice.currency, frame.language);
  const iban = invoice.iban ? [`IBAN ${invoice.iban}`] : [];
  if (frame.language === 'es') {
    return compose(frame, {
      subject: `Factura ${invoice.number}`,
      paragraphs: [
        `Adjuntamos la factura ${invoice.number} para ${invoice.client}: ${total}, a pagar antes del ${invoice.dueDate}.`,
        invoice.paymentText,
        ...iban,
      ],
      link: { text: 'Ver la factura', path: `/invoices/${invoice.id}` },
    });
  }
  return compose(frame, {
    subject: `Invoice ${invoice.number}`,
    paragraphs: [
      `Attached is invoice ${invoice.number} for ${invoice.client}: ${total}, to be paid by ${invoice.dueDate}.`,
      invoice.paymentText,
      ...iban,
    ],
    link: { text: 'See the invoice', path: `/invoices/${invoice.id}` },
  });
}

/** To the client and accounting@: an invoice was corrected; the rectifying one is attached. */
export function correctionIssued(
  frame: Frame,
  data: { id: string; number: string; client: string; corrects: string; reason: string; total: string },
): Email {
  const { id, number, client, corrects, reason, total } = data;
  return emailIn(frame, {
    en: {
      subject: `Invoice ${number}, which corrects ${corrects}`,
      paragraphs: [
        `Attached is rectifying invoice ${number} for ${client}. It corrects invoice ${corrects} by ${total}.`,
      ],
      quote: reason,
      link: { text: 'See the invoice', path: `/invoices/${id}` },
    },
    es: {
      subject: `Factura ${number}, que rectifica la ${corrects}`,
      paragraphs: [
        `Adjuntamos la factura rectificativa ${number} para ${client}. Rectifica la factura ${corrects} en ${total}.`,
      ],
      quote: reason,
      link: { text: 'Ver la factura', path: `/invoices/${id}` },
    },
  });
}

/** To accounting@: days that were paid for and are not used are to be given back; the draft waits. */
export function creditDrafted(
  frame: Frame,
  { id, corrects, client }: { id: string; corrects: string; client: string },
): Email {
  return emailIn(frame, {
    en: {
      subject: `Credit for ${client} to look at`,
      paragraphs: [
        `A service of ${client} ended before the days that invoice ${corrects} charges were used. A rectifying invoice for the rest is drafted and waits to be issued.`,
      ],
      link: { text: 'See the draft', path: `/invoices/${id}` },
    },
    es: {
      subject: `Abono para ${client} por revisar`,
      paragraphs: [
        `Un servicio de ${client} terminó antes de disfrutar los días que cobra la factura ${corrects}. Hay un borrador de factura rectificativa por el resto, a falta de emitir.`,
      ],
      link: { text: 'Ver el borrador', path: `/invoices/${id}` },
    },
  });
}

/** To the client: an invoice is overdue, for the first time or again. */
export function invoiceReminder(
  frame: Frame,
  { invoice, open, step }: { invoice: InvoiceData; open: number; step: number },
): Email {
  const { id, number, dueDate, paymentText, iban, currency } = invoice;
  const sum = formatMoney(open, currency, frame.language);
  const account = iban ? [`IBAN ${iban}`] : [];
  const again = step > 1;
  return emailIn(frame, {
    en: {
      subject: `${again ? 'Another reminder' : 'Reminder'}: invoice ${number}`,
      paragraphs: [
        `Invoice ${number} was to be paid by ${dueDate}. ${sum} of it ${again ? 'is still' : 'is'} open. If you have paid it meanwhile, please ignore this e-mail.`,
        paymentText,
        ...account,
      ],
      link: { text: 'See the invoice', path: `/invoices/${id}` },
    },
    es: {
      subject: `${again ? 'Nuevo recordatorio' : 'Recordatorio'}: factura ${number}`,
      paragraphs: [
        `La factura ${number} debía pagarse antes del ${dueDate}. ${again ? 'Siguen' : 'Quedan'} pendientes ${sum}. Si ya la ha pagado, no tenga en cuenta este correo.`,
        paymentText,
        ...account,
      ],
      link: { text: 'Ver la factura', path: `/invoices/${id}` },
    },
  });
}

/** To the client: the invoice is paid. */
export function invoicePaid(frame: Frame, invoice: InvoiceData): Email {
  const total = formatMoney(invoice.total, invoice.currency, frame.language);
  if (frame.language === 'es') {
    return compose(frame, {
      subject: `Factura ${invoice.number} pagada`,
      paragraphs: [`Hemos recibido el pago de la factura ${invoice.number} (${total}). Gracias.`],
      link: { text: 'Ver la factura', path: `/invoices/${invoice.id}` },
    });
  }
  return compose(frame, {
    subject: `Invoice ${invoice.number} paid`,
    paragraphs: [`We have received the payment of invoice ${invoice.number} (${total}). Thank you.`],
    link: { text: 'See the invoice', path: `/invoices/${invoice.id}` },
  });
}

/** To the client: a proof of payment was not accepted, and why. */
export function proofRefused(frame: Frame, data: { id: string; number: string; reason: string }): Email {
  const { id, number, reason } = data;
  return emailIn(frame, {
    en: {
      subject: `Proof of payment of ${number} not accepted`,
      paragraphs: [`We could not accept the proof of payment that you sent for invoice ${number}:`],
      quote: reason,
      link: { text: 'See the invoice', path: `/invoices/${id}` },
    },
    es: {
      subject: `Justificante de la factura ${number} no aceptado`,
      paragraphs: [`No hemos podido aceptar el justificante de pago que envió para la factura ${number}:`],
      quote: reason,
      link: { text: 'Ver la factura', path: `/invoices/${id}` },
    },
  });
}

/** To the client and accounting@, once a day: charges wait for a billing identity. */
export function identityMissing(frame: Frame, { name }: { name: string }): Email {
  return emailIn(frame, {
    en: {
      subject: `Billing identity of ${name} is missing`,
      paragraphs: [
        `Charges of ${name} wait to be invoiced, because name, address or tax number for the invoice are missing. They are entered in the app, under Account.`,
      ],
      link: { text: 'Complete it', path: '/account' },
    },
    es: {
      subject: `Faltan los datos de facturación de ${name}`,
      paragraphs: [
        `Hay cargos de ${name} sin facturar porque faltan el nombre, la dirección o el NIF para la factura. Se ponen en la aplicación, en Cuenta.`,
      ],
      link: { text: 'Completarlos', path: '/account' },
    },
  });
}

/** To the admins, once a day: an order is held because a run would have charged it too often. */
export function billingHeld(frame: Frame, { number, name }: { number: number; name: string }): Email {
  return emailIn(frame, {
    en: {
      subject: `Billing of order ${number} is held`,
      paragraphs: [
        `The billing run found more charges for order ${number} "${name}" than can be right, and makes none of them until somebody has looked.`,
      ],
      link: { text: 'See the orders', path: '/orders' },
    },
    es: {
      subject: `La facturación del pedido ${number} está retenida`,
      paragraphs: [
        `La facturación ha encontrado más cargos del pedido ${number} «${name}» de los que pueden ser, y no hace ninguno hasta que alguien lo mire.`,
      ],
      link: { text: 'Ver los pedidos', path: '/orders' },
    },
  });
}

/** To the admins, once a day: the server's clock stands before the last invoice. */
export function clockBehind(frame: Frame, { today, last }: { today: string; last: string }): Email {
  return emailIn(frame, {
    en: {
      subject: 'No invoices are issued: the clock is behind',
      paragraphs: [
        `The server's clock says ${today}, but the last invoice is of ${last}. Nothing is issued until the clock is right.`,
      ],
      link: { text: 'See the invoices', path: '/invoices' },
    },
    es: {
      subject: 'No se emiten facturas: el reloj va atrasado',
      paragraphs: [
        `El reloj del servidor dice ${today}, pero la última factura es del ${last}. No se emite nada hasta que esté en hora.`,
      ],
      link: { text: 'Ver las facturas', path: '/invoices' },
    },
  });
}
