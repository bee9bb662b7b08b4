import { longDay } from '#shared/settings/long-day.ts';
import type { Frame } from '../email/compose.ts';
import type { Invoice } from '#shared/invoices/schema.ts';

/** The values of an issued invoice that e-mails mention, in the reader's language. `buyer` is '' if none is printed. */
export function namesOf(
  { number, dueDate, buyer }: Invoice,
  reader: Pick<Frame, 'language'>,
): { number: string; dueDate: string; buyer: string } {
  return {
    number: number ?? '',
    dueDate: dueDate === null ? '' : longDay(dueDate, reader.language),
    buyer: buyer?.legalName ?? '',
  };
}

/** How to pay: the provider's payment text and the bank account. Used in every language. */
export function paymentParagraphs({ paymentText, iban }: Invoice): string[] {
  return [paymentText, iban && `IBAN ${iban}`].filter(Boolean);
}
