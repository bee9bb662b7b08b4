import { openOf } from '#shared/invoices/balance.ts';
import { invoices, type Invoice } from '#shared/invoices/schema.ts';
import { findDocument } from '#sync/server/row.ts';
import type { Server } from '../context.ts';
import { compose, type Frame } from '../email/compose.ts';
import { EmailObsolete, plain, type Templates } from '../email/template.ts';
import * as en from './emails.en.ts';
import * as es from './emails.es.ts';

declare module '../email/outbox.ts' {
  interface EmailPayloads {
    'invoice-issued': { invoice: string };
    'credit-drafted': { invoice: string; corrects: string; clientName: string };
    'invoice-reminder': { invoice: string; step: number };
    'invoice-paid': { invoice: string };
    'proof-refused': { invoice: string; number: string; reason: string };
    'identity-missing': { clientName: string };
    'billing-held': { number: number; instanceName: string };
    'clock-behind': { today: string; last: string };
    'invoice-unprintable': { clientName: string; characters: string };
  }
}

const wordsIn = ({ language }: Frame): typeof en => (language === 'es' ? es : en);

/** E-mails about invoices and payments. An issued invoice never changes, so e-mails read it when they are sent. */
export const invoiceEmails: Templates<
  | 'invoice-issued'
  | 'credit-drafted'
  | 'invoice-reminder'
  | 'invoice-paid'
  | 'proof-refused'
  | 'identity-missing'
  | 'billing-held'
  | 'clock-behind'
  | 'invoice-unprintable'
> = {
  'invoice-issued': async ({ server, frame }, { invoice: id }) => {
    const invoice = await invoiceOf(server, id);
    if (invoice.pdfHash === null) throw new Error(`invoice ${invoice.number ?? ''} has no PDF yet`);
    const words = wordsIn(frame);
    const content =
      invoice.corrects === null
        ? words.invoiceIssued(frame, invoice)
        : words.correctionIssued(frame, invoice);
    const attachments = [{ fileName: `${invoice.number ?? 'invoice'}.pdf`, sha256: invoice.pdfHash }];
    return { ...compose(frame, content), attachments };
  },
  'credit-drafted': ({ frame }, draft) => plain(compose(frame, wordsIn(frame).creditDrafted(frame, draft))),
  'invoice-reminder': async ({ server, frame }, { invoice: id, step }) => {
    const invoice = await invoiceOf(server, id);
    const open = openOf(invoice);
    if (open <= 0) throw new EmailObsolete('the invoice is paid');
    return plain(compose(frame, wordsIn(frame).invoiceReminder(frame, { invoice, open, step })));
  },
  'invoice-paid': async ({ server, frame }, { invoice: id }) =>
    plain(compose(frame, wordsIn(frame).invoicePaid(frame, await invoiceOf(server, id)))),
  'proof-refused': ({ frame }, proof) => plain(compose(frame, wordsIn(frame).proofRefused(frame, proof))),
  'identity-missing': ({ frame }, { clientName }) =>
    plain(compose(frame, wordsIn(frame).identityMissing(frame, { clientName }))),
  'billing-held': ({ frame }, order) => plain(compose(frame, wordsIn(frame).billingHeld(frame, order))),
  'clock-behind': ({ frame }, days) => plain(compose(frame, wordsIn(frame).clockBehind(frame, days))),
  'invoice-unprintable': ({ frame }, held) => plain(compose(frame, wordsIn(frame).unprintable(frame, held))),
};

async function invoiceOf(server: Server, id: string): Promise<Invoice> {
  const invoice = await findDocument(server, invoices, { where: { id } });
  if (!invoice) throw new EmailObsolete('the invoice is gone');
  return invoice;
}
