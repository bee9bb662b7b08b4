import { formatMoney } from '#shared/billing/money.ts';
import { compose, type Frame, type Letter } from './letter.ts';

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
export function invoiceIssued(frame: Frame, invoice: InvoiceData): Letter {
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

/** To the client: the invoice is paid. */
export function invoicePaid(frame: Frame, invoice: InvoiceData): Letter {
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
