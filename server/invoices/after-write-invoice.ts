import { statusOf } from '#shared/invoices/balance.ts';
import { addRecord } from './issue-records.ts';
import { liftSuspensions } from './reminders.ts';
import { queueEmail, releaseEmails } from '../email/outbox.ts';
import { notify } from '../people/notify.ts';
import { addVerifactuRecord } from './verifactu/add-record.ts';
import { settings } from '../settings/settings.ts';
import type { Tx } from '../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

/**
 * Adds a newly issued invoice to the record chain and queues its e-mails to the client and to accounting. The e-mails
 * are held until the PDF is drawn. A rectifying invoice also updates the status of the invoice that it corrects.
 */
export async function afterInvoiceWrite(
  tx: Tx,
  { before, after: invoice }: { before: Invoice | null; after: Invoice },
): Promise<void> {
  const wasIssued = before !== null && before.number !== null;
  if (invoice.number !== null && !wasIssued) {
    await addRecord(tx, invoice);
    await addVerifactuRecord(tx, invoice);
    const { accountingList } = await settings(tx.server, tx.transaction);
    const payload = { invoice: invoice.id };
    const email = { kind: 'invoice-issued', document: invoice.id, payload, held: true } as const;
    await notify(tx, invoice.client, email);
    await queueEmail(tx, { ...email, recipient: accountingList });
    if (invoice.corrects) await correct(tx, invoice.corrects, invoice.total);
  }
  // The invoice was paid, or corrected until nothing is left to pay.
  if (before && isOwed(before.status) && !isOwed(invoice.status)) await liftSuspensions(tx, invoice);
  if (before && before.pdfHash === null && invoice.pdfHash !== null) {
    await releaseEmails(tx, 'invoice-issued', invoice.id);
  }
}

const isOwed = (status: Invoice['status']) => status === 'unpaid' || status === 'part paid';

async function correct(tx: Tx, id: string, difference: number): Promise<void> {
  const original = await tx.load(invoices, id);
  if (!original) return;
  const corrected = original.corrected + difference;
  await tx.update(invoices, original, { corrected, status: statusOf({ ...original, corrected }) });
}
