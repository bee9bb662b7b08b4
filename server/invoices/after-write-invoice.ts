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
 * What is issued gets its record in the chain, and goes to the client and to accounting; the e-mails are held until
 * its PDF is drawn. A rectifying one changes how the corrected one stands.
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
  // Paid, or corrected so far that nothing is left to pay.
  if (before && isOwed(before.status) && !isOwed(invoice.status)) await liftSuspensions(tx, invoice);
  if (before && before.pdfHash === null && invoice.pdfHash !== null) {
    await releaseEmails(tx, 'invoice-issued', invoice.id);
  }
}

const isOwed = (status: Invoice['status']) => status === 'unpaid' || status === 'part paid';

async function correct(tx: Tx, id: string, by: number): Promise<void> {
  const original = await tx.load(invoices, id);
  if (!original) return;
  const corrected = original.corrected + by;
  await tx.update(invoices, original, { corrected, status: statusOf({ ...original, corrected }) });
}
