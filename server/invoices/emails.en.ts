import { longDay } from '#shared/settings/long-day.ts';
import { formatMoney } from '#shared/billing/money.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { Content, Frame } from '../email/compose.ts';
import { namesOf, paymentParagraphs } from './email-invoice.ts';

export type DraftedCredit = { invoice: string; corrects: string; clientName: string };
/** `open`: the amount still to pay, in minor units. `step`: the number of this reminder, from 1. */
export type OverdueInvoice = { invoice: Invoice; open: number; step: number };
export type RefusedProof = { invoice: string; number: string; reason: string };
export type HeldOrder = { number: number; instanceName: string };
/** Days as YYYY-MM-DD. `last`: the date of the last invoice. */
export type ClockDays = { today: string; last: string };

const linkTo = (invoice: string, text = 'See the invoice') => ({ text, path: `/invoices/${invoice}` });

/** Sent to the client and accounting@ when an invoice is issued. The PDF is attached. */
export function invoiceIssued(frame: Frame, invoice: Invoice): Content {
  const { number, dueDate, buyer } = namesOf(invoice, frame);
  const total = formatMoney(invoice.total, invoice.currency, 'en');
  return {
    subject: `Invoice ${number}`,
    paragraphs: [
      `Please find attached invoice ${number}${buyer && ` for ${buyer}`}. The total is ${total}, due by ${dueDate}.`,
      ...paymentParagraphs(invoice),
    ],
    link: linkTo(invoice.id),
  };
}

/** Sent to the client and accounting@ when an invoice is corrected. The PDF of the rectifying invoice is attached. */
export function correctionIssued(frame: Frame, invoice: Invoice): Content {
  const { id, correctsNumber, reason, currency } = invoice;
  const { number, buyer } = namesOf(invoice, frame);
  const total = formatMoney(invoice.total, currency, 'en');
  return {
    subject: `Invoice ${number}, which corrects ${correctsNumber}`,
    paragraphs: [
      `Please find attached rectifying invoice ${number}${buyer && ` for ${buyer}`}. It changes the total of invoice ${correctsNumber} by ${total}.`,
      'The reason:',
    ],
    quote: reason,
    link: linkTo(id),
  };
}

/** Sent to accounting@ when a credit for unused days was drafted and has to be issued. */
export function creditDrafted(_frame: Frame, { invoice, corrects, clientName }: DraftedCredit): Content {
  return {
    subject: `Credit for ${clientName} to check`,
    paragraphs: [
      `A service of ${clientName} ended early. Invoice ${corrects} charges days that were not used.`,
      'There is a draft of a rectifying invoice for these days. Please check and issue it.',
    ],
    link: linkTo(invoice, 'See the draft'),
  };
}

/** Sent to the client when an invoice is overdue, as a first or later reminder. */
export function invoiceReminder(frame: Frame, { invoice, open, step }: OverdueInvoice): Content {
  const { number, dueDate } = namesOf(invoice, frame);
  const sum = formatMoney(open, invoice.currency, 'en');
  const isFirst = step <= 1;
  return {
    subject: `${isFirst ? 'Reminder' : 'Another reminder'}: invoice ${number}`,
    paragraphs: [
      `Invoice ${number} was due by ${dueDate}. ${sum} ${isFirst ? 'is' : 'is still'} unpaid.`,
      'If you have paid it in the meantime, please ignore this e-mail.',
      ...paymentParagraphs(invoice),
    ],
    link: linkTo(invoice.id),
  };
}

/** Sent to the client when the invoice is paid. */
export function invoicePaid(frame: Frame, invoice: Invoice): Content {
  const { number } = namesOf(invoice, frame);
  const total = formatMoney(invoice.total, invoice.currency, 'en');
  return {
    subject: `Invoice ${number} paid`,
    paragraphs: [`We received your payment for invoice ${number} (${total}). Thank you.`],
    link: linkTo(invoice.id),
  };
}

/** Sent to the client, with the reason, when a proof of payment is not accepted. */
export function proofRefused(_frame: Frame, { invoice, number, reason }: RefusedProof): Content {
  return {
    subject: `Proof of payment for ${number} not accepted`,
    paragraphs: [`We could not accept the proof of payment that you sent for invoice ${number}. The reason:`],
    quote: reason,
    link: linkTo(invoice),
  };
}

/** Sent to the client and accounting@, at most once a day, when charges cannot be invoiced without billing details. */
export function identityMissing(_frame: Frame, { clientName }: { clientName: string }): Content {
  return {
    subject: `Billing details of ${clientName} are missing`,
    paragraphs: [
      `We cannot invoice the charges of ${clientName} yet: the name, address or tax number for the invoice is missing.`,
      'Please enter the details in the app, under Account.',
    ],
    link: { text: 'Enter the details', path: '/account' },
  };
}

/** Sent to the admins, at most once a day, when a billing run holds an order because it found too many charges. */
export function billingHeld(_frame: Frame, { number, instanceName }: HeldOrder): Content {
  return {
    subject: `Billing of order ${number} is on hold`,
    paragraphs: [
      `The billing run found more charges for order ${number} "${instanceName}" than seems right.`,
      'It makes no further charges for this order until somebody has checked it.',
    ],
    link: { text: 'See the orders', path: '/orders' },
  };
}

type HeldInvoice = { clientName: string; characters: string };

/** Sent to the admins and accounting, at most once a day, when an invoice has characters that no font can draw. */
export function unprintable(_frame: Frame, { clientName, characters }: HeldInvoice): Content {
  return {
    subject: `The invoice of ${clientName} can’t be printed`,
    paragraphs: [
      `The invoice of ${clientName} contains characters that the PDF can’t show: ${characters}`,
      'It is not issued until they are replaced, for example by Latin letters. They are in the billing details, the service names or the payment text.',
    ],
    link: { text: 'See what is due', path: '/billing' },
  };
}

/** Sent to the admins, at most once a day, when the server's clock is behind the day of the last invoice. */
export function clockBehind(frame: Frame, clock: ClockDays): Content {
  const [today, last] = [longDay(clock.today, frame.language), longDay(clock.last, frame.language)];
  return {
    subject: 'No invoices are issued: the clock is behind',
    paragraphs: [
      `The server's clock says ${today}, but the last invoice has the date ${last}.`,
      'No invoices are issued until the clock is right.',
    ],
    link: { text: 'See the invoices', path: '/invoices' },
  };
}
