import type { Invoice } from './schema.ts';
import { openOf } from './balance.ts';

/**
 * What a banking app reads from the QR code of an invoice: a SEPA credit transfer of what is open, with the invoice's
 * number as its reference. Source: European Payments Council, EPC069-12 version 2.1.
 *
 * @returns null where there is nothing to pay, no IBAN, another currency, or the amount is more than the form allows
 */
export function epcPayload(
  invoice: Pick<
    Invoice,
    'kind' | 'total' | 'corrected' | 'paid' | 'currency' | 'iban' | 'number' | 'seller' | 'status'
  >,
): string | null {
  const { currency, iban, number, seller, status } = invoice;
  const open = openOf(invoice);
  if (open <= 0 || open > 99_999_999_999 || currency !== 'EUR' || iban === '') return null;
  if (number === null || !seller || status === 'draft' || status === 'void') return null;
  const amount = `EUR${Math.floor(open / 100)}.${String(open % 100).padStart(2, '0')}`;
  // Service tag, version, UTF-8, transfer, no BIC (EEA), name, IBAN, amount, no purpose, no structured reference, text.
  const lines = ['BCD', '002', '1', 'SCT', '', seller.name.slice(0, 70), iban, amount, '', '', number];
  return lines.join('\n');
}
