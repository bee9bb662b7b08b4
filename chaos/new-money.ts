import { createHash } from 'node:crypto';
import { takenBack } from '#shared/invoices/corrections.ts';
import { dayOf } from '#shared/billing/period.ts';
import type { Documents } from '#shared/collections.ts';
import { newDraft, newId, type Here } from './new-documents.ts';
import type { Write } from './wire.ts';
import { noBankLine } from '#shared/invoices/payment-schema.ts';

type Invoice = Documents['invoices'];

/** A bank transfer that was booked by hand. */
export function newPayment(here: Here, { id, client }: Pick<Invoice, 'id' | 'client'>) {
  return {
    id: newId(here),
    invoice: id,
    client,
    day: dayOf(here.now(), 'Europe/Madrid'),
    amount: 100,
    method: 'transfer' as const,
    reference: `Ref ${here.token()}`,
    source: 'hand' as const,
    bookedBy: here.me.id,
    ...noBankLine,
  };
}

/** One of six lines of a bank statement. There are few, so that several people book the same one at once. */
export function bankLineOf(here: Here): { bankLine: string; bankAmount: number } {
  const n = Math.floor(here.next() * 6);
  return { bankLine: createHash('sha256').update(`line ${n}`).digest('hex'), bankAmount: 700 + n * 300 };
}

/** A draft that credits half of an invoice's first line, or all of it. */
export function newCorrection(here: Here, { id, client, lines }: Invoice): Write {
  const [line] = lines;
  const draft = newDraft(here, client);
  if (!line) return draft;
  const amount = here.next() < 0.5 ? line.amount : Math.ceil(line.amount / 2);
  const correction = {
    corrects: id,
    reason: `Agreed ${here.token()}`,
    lines: [{ ...takenBack(line, amount), text: `Back ${here.token()}` }],
  };
  return { ...draft, fields: { ...draft.fields, ...correction } };
}
