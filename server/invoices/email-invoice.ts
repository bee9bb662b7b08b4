import type { Invoice } from '#shared/invoices/schema.ts';

/** What e-mails name of an issued invoice. `buyer` is '' where none is printed. */
export function namesOf({ number, dueDate, buyer }: Invoice): {
  number: string;
  dueDate: string;
  buyer: string;
} {
  return { number: number ?? '', dueDate: dueDate ?? '', buyer: buyer?.legalName ?? '' };
}

/** How to pay it, as the provider wrote it, and the account, in any language. */
export function paymentParagraphs({ paymentText, iban }: Invoice): string[] {
  return [paymentText, iban && `IBAN ${iban}`].filter(Boolean);
}
