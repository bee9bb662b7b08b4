import type { Invoice } from '#shared/collections/invoices.ts';
import type { Touch, Unit } from '../documents/unit.ts';
import { queueLetter, queueLetterTo, releaseLetters } from '../mail/queue-letter.ts';
import { settings } from '../provider/settings.ts';

/** An issued invoice goes to the client and to accounting; the letters are held until its PDF is drawn. */
export async function invoiceEffects(unit: Unit, { before, after }: Touch): Promise<void> {
  const invoice = after as unknown as Invoice;
  const wasIssued = before !== null && before['number'] !== null;
  if (invoice.number !== null && !wasIssued) {
    const { accountingList } = await settings(unit.server, unit.transaction);
    const letter = { kind: 'invoice-issued' as const, document: invoice.id, held: true };
    await queueLetterTo(unit, invoice.client, letter);
    await queueLetter(unit, { ...letter, recipient: accountingList });
  }
  if (before && before['pdfHash'] === null && invoice.pdfHash !== null) {
    await releaseLetters(unit, 'invoice-issued', invoice.id);
  }
}
