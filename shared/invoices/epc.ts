import type { Invoice } from './schema.ts';
import { openOf } from './balance.ts';

/**
 * The content of an invoice's QR code, which banking apps read: a SEPA credit transfer of the open amount, with the
 * invoice's number as its reference. Source: European Payments Council, EPC069-12 version 2.1.
 *
 * @returns null if nothing is to be paid, there is no IBAN, the currency is not EUR, or the amount exceeds the format
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
