import { expect, test } from 'vitest';
import type { Invoice } from './schema.ts';
import { epcPayload } from './epc.ts';

const invoice = {
  kind: 'full',
  total: 1513,
  corrected: 0,
  paid: 0,
  currency: 'EUR',
  iban: 'ES9121000418450200051332',
  number: 'A2026-000123',
  status: 'unpaid',
  seller: { name: 'ARFNET' },
} as Invoice;

test('the QR code of an invoice holds a SEPA transfer of the open amount, formatted by EPC069-12', () => {
  expect(epcPayload(invoice)).toBe(
    'BCD\n002\n1\nSCT\n\nARFNET\nES9121000418450200051332\nEUR15.13\n\n\nA2026-000123',
  );
  expect(epcPayload({ ...invoice, paid: 1000, corrected: -508 })).toContain('\nEUR0.05\n');
});

test('an invoice that cannot be paid by transfer has no QR code', () => {
  expect(epcPayload({ ...invoice, paid: 1513 })).toBeNull();
  expect(epcPayload({ ...invoice, corrected: -1513, status: 'void' })).toBeNull();
  expect(epcPayload({ ...invoice, iban: '' })).toBeNull();
  expect(epcPayload({ ...invoice, currency: 'USD' })).toBeNull();
  expect(epcPayload({ ...invoice, kind: 'rectifying', total: -1513 })).toBeNull();
  expect(epcPayload({ ...invoice, number: null, status: 'draft' })).toBeNull();
});
