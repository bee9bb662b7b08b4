import type { NewDocument } from '../engine/collection.ts';
import { plainInvoice, type Invoice } from './schema.ts';
import { totalsOf } from './totals.ts';

type DraftInput = Pick<Invoice, 'id' | 'client' | 'lines' | 'description'> &
  Partial<Pick<Invoice, 'series' | 'kind' | 'currency' | 'language'>> &
  Partial<Pick<Invoice, 'corrects' | 'correctsNumber' | 'correctsDate' | 'reason'>>;

/**
 * Builds the draft of an invoice. The seller and the buyer are set when it is issued.
 *
 * @param now milliseconds since 1970
 */
export function newInvoice(input: DraftInput, now: number): NewDocument<Invoice> {
  return {
    ...plainInvoice,
    series: 'A',
    kind: 'full',
    currency: 'EUR',
    language: 'en',
    ...input,
    ...totalsOf(input.lines),
    number: null,
    date: null,
    dueDate: null,
    paid: 0,
    status: 'draft',
    seller: null,
    buyer: null,
    iban: '',
    paymentText: '',
    pdfHash: null,
    recent: -now,
  };
}
