import { createHash } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { findRow } from '../models/rows.ts';
import { settings } from '../settings/settings.ts';
import type { Tx } from '../context.ts';
import type { Invoice } from '#shared/invoices/schema.ts';

/*
 * One hash chain over all issued invoices of all series, in order of issue. Each record contains the hash of the record
 * before it, so a changed, removed or inserted record makes every later hash wrong.
 */

/** The content of a record. It is stored as JSON with its keys in this order. */
export type IssueRecord = {
  number: string;
  date: string;
  kind: Invoice['kind'];
  /** Tax numbers as printed. */
  seller: string;
  buyer: string;
  tax: number;
  total: number;
  /** Time of issue, with the UTC offset of the provider's time zone. */
  issuedAt: string;
  /** SHA-256 of everything printed. '' for invoices that were issued before this hash was stored. */
  content: string;
  /** Hash of the record before, or '' for the first record. */
  previous: string;
};

/** Adds the record of an invoice that is being issued. The lock on the counter's row serializes issuing until the commit. */
export async function addRecord(tx: Tx, invoice: Invoice): Promise<void> {
  const { records } = tx.server.models;
  const { transaction } = tx;
  const position = await tx.count('record');
  const before = await findRow(records, { where: { position: position - 1 }, transaction });
  const { timeZone } = await settings(tx.server, transaction);
  const body = JSON.stringify({
    ...printedFields(invoice),
    issuedAt: withOffset(tx.now, timeZone),
    content: contentHash(invoice),
    previous: before?.hash ?? '',
  } satisfies IssueRecord);
  await records.create({ position, invoice: invoice.id, body, hash: sha256(body) }, { transaction });
}

/** The fields of a record that are copied from its invoice. */
export function printedFields(invoice: Invoice) {
  return {
    number: invoice.number ?? '',
    date: invoice.date ?? '',
    kind: invoice.kind,
    seller: invoice.seller?.taxNumber ?? '',
    buyer: invoice.buyer?.taxNumber ?? '',
    tax: invoice.tax,
    total: invoice.total,
  };
}

/** SHA-256 of everything that an invoice prints, independent of the order of keys. */
export function contentHash(invoice: Invoice): string {
  const { number, series, kind, client, description, date, dueDate, currency, language, lines } = invoice;
  const { totals, net, tax, total, seller, buyer, iban, paymentText, logo } = invoice;
  const { corrects, correctsNumber, correctsDate, reason, verifyUrl } = invoice;
  return sha256(
    canonical({
      number,
      series,
      kind,
      client,
      description,
      date,
      dueDate,
      currency,
      language,
      lines,
      totals,
      net,
      tax,
      total,
      seller,
      buyer,
      iban,
      paymentText,
      logo,
      corrects,
      correctsNumber,
      correctsDate,
      reason,
      ...(verifyUrl === '' ? {} : { verifyUrl }),
    }),
  );
}

export function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

/** A time as text with the UTC offset of a time zone: 2026-11-24T10:00:00+01:00. */
export function withOffset(instant: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(timeZone)
    .toString({ timeZoneName: 'never', smallestUnit: 'second' });
}
