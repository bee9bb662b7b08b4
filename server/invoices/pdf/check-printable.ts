import { DomainError } from '#shared/errors.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import { unprintable } from './printable-text.ts';

/** Everything on an invoice that a person has written. */
type Written = Pick<Invoice, 'buyer' | 'lines'> & Partial<Pick<Invoice, 'seller' | 'reason' | 'paymentText'>>;

/** An invoice has characters that no font can draw. It is not issued, because its PDF would show boxes instead. */
export class Unprintable extends DomainError {
  readonly characters: string;

  constructor(field: string, characters: string) {
    super('unprintable', field, characters);
    this.message = `${field} has characters that cannot be printed: ${characters}`;
    this.characters = characters;
  }
}

/** @throws Unprintable for the first field that cannot be printed, such as `buyer.legalName` or `lines.0.text` */
export function checkPrintable({ seller, buyer, lines, reason = '', paymentText = '' }: Written): void {
  const texts: [field: string, text: unknown][] = [
    ...fieldsOf('buyer', buyer),
    ...fieldsOf('seller', seller),
    ...lines.map(({ text }, n): [string, string] => [`lines.${n}.text`, text]),
    ['reason', reason],
    ['paymentText', paymentText],
  ];
  for (const [field, text] of texts) {
    const missing = typeof text === 'string' ? unprintable(text) : [];
    if (missing.length > 0) throw new Unprintable(field, missing.join(' '));
  }
}

function fieldsOf(name: string, party: object | null | undefined): [field: string, text: unknown][] {
  return Object.entries(party ?? {}).map(([field, text]) => [`${name}.${field}`, text]);
}
