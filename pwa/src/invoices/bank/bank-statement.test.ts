import { expect, test } from 'vitest';
import { matchLines } from './match.ts';
import {
  amountIn,
  dayIn,
  decode,
  guessMapping,
  linesOf,
  readStatement,
  type StatementLine,
} from './bank-statement.ts';
import type { Invoice } from '#shared/invoices/schema.ts';

const spanish = `Cuenta;ES91 2100 0418
Fecha;Concepto;Ordenante;Importe
01/03/2026;"Fra. A2026-000007; gracias";KESTREL BIKES;"1.234,50"
02/03/2026;Comision;;-3,00
02/03/2026;cuota;LIBRERIA ATALAYA SL;11,50
02/03/2026;cuota;LIBRERIA ATALAYA SL;11,50
no es fecha;x;y;1
`;

test('a Spanish bank’s file is read, with headers below an account line and without outgoing lines', async () => {
  const file = readStatement(spanish);
  expect(file?.heads).toEqual(['Fecha', 'Concepto', 'Ordenante', 'Importe']);
  if (!file) throw new Error('it was read');
  const mapping = guessMapping(file);
  expect(mapping).toEqual({ day: 0, text: 1, payer: 2, amount: 3 });
  const { lines, unread } = await linesOf(file, mapping);
  expect(unread).toBe(1);
  expect(lines).toMatchObject([
    { day: '2026-03-01', amount: 123_450, payer: 'KESTREL BIKES', text: 'Fra. A2026-000007; gracias' },
    { day: '2026-03-02', amount: 1_150, payer: 'LIBRERIA ATALAYA SL' },
    { day: '2026-03-02', amount: 1_150, payer: 'LIBRERIA ATALAYA SL' },
  ]);
  expect(new Set(lines.map(({ key }) => key)).size).toBe(3);
  expect((await linesOf(file, mapping)).lines).toEqual(lines);
});

test('an English file with commas is read, and bytes in the old windows-1252 encoding are decoded', async () => {
  const file = readStatement('Date,Description,Amount\n2026-03-05,"Invoice A2026-000001","1,000.00"\n');
  if (!file) throw new Error('it was read');
  expect((await linesOf(file, guessMapping(file))).lines).toMatchObject([
    { day: '2026-03-05', amount: 100_000 },
  ]);
  expect(decode(new Uint8Array([0x4c, 0x69, 0x62, 0x72, 0x65, 0x72, 0xed, 0x61]).buffer)).toBe('Librería');
  expect(readStatement('nothing to see')).toBeNull();
});

test.each([
  ['1.234,50', 123_450],
  ['1,234.50', 123_450],
  ['12', 1_200],
  ['12,5', 1_250],
  ['-3,00', -300],
  ['3,00-', -300],
  ['+ 1 000,00 €', 100_000],
  ['0,05', 5],
  ['abc', null],
  ['', null],
])('the amount %s is %s', (text, minor) => {
  expect(amountIn(text)).toBe(minor);
});

test.each([
  ['2026-03-01', '2026-03-01'],
  ['01/03/2026', '2026-03-01'],
  ['1.3.26', '2026-03-01'],
  ['31/02/2026', null],
  ['yesterday', null],
])('the day %s is %s', (text, day) => {
  expect(dayIn(text)).toBe(day);
});

const invoice = (number: string, legalName = 'Librería Atalaya SL') =>
  ({ id: number, number, buyer: { legalName } }) as Invoice;
const line = (over: Partial<StatementLine>): StatementLine => ({
  key: 'k',
  day: '2026-03-05',
  amount: 1_150,
  payer: '',
  text: '',
  ...over,
});
const parts = (lines: StatementLine[], open: { invoice: Invoice; open: number }[]) =>
  matchLines(lines, open).map(({ parts: proposed, why }) => [
    why,
    ...proposed.map((part) => [part.invoice.number, part.amount]),
  ]);

test('a line that names invoice numbers pays those, oldest first; any excess goes to the last one as credit', () => {
  const open = [
    { invoice: invoice('A2026-000008'), open: 500 },
    { invoice: invoice('A2026-000007'), open: 1_000 },
  ];
  const both = line({ text: 'facturas a2026 000007 y A2026-000008', amount: 1_200 });
  expect(parts([both], open)).toEqual([['number', ['A2026-000007', 1_000], ['A2026-000008', 200]]]);
  const again = line({ text: 'A2026-000008', amount: 500 });
  expect(parts([both, again], open)[1]).toEqual(['number', ['A2026-000008', 500]]);
  // A plural "s" before a number without its series letter does not mean series S.
  const other = [{ invoice: invoice('S2026-000012'), open: 700 }];
  expect(parts([line({ text: 'Pago facturas 2026-000012', amount: 300 })], other)).toEqual([[null]]);
});

test('without a number a line matches by payer and amount, or by a unique amount, or not at all', () => {
  const atalaya = { invoice: invoice('A2026-000001'), open: 1_150 };
  const kestrel = { invoice: invoice('A2026-000002', 'Thomas Kestrel'), open: 1_150 };
  expect(parts([line({ payer: 'LIBRERIA ATALAYA' })], [kestrel, atalaya])).toEqual([
    ['payer', ['A2026-000001', 1_150]],
  ]);
  expect(parts([line({ payer: 'somebody' })], [kestrel, atalaya])).toEqual([[null]]);
  expect(parts([line({ payer: 'somebody' })], [kestrel])).toEqual([['amount', ['A2026-000002', 1_150]]]);
  expect(parts([line({ amount: 99 })], [kestrel])).toEqual([[null]]);
});
