import { expect, test } from 'vitest';
import { guessColumns } from './bank-columns.ts';
import { decode, readFile } from './bank-file.ts';
import { readStatement, type StatementLine } from './bank-statement.ts';
import { amountIn, dayIn, dayOrderOf, decimalOf } from './bank-values.ts';
import { matchLines } from './match.ts';
import type { Invoice } from '#shared/invoices/schema.ts';

async function statementOf(text: string) {
  const file = readFile(text);
  if (!file) throw new Error('no columns');
  return readStatement(file, guessColumns(file), 'EUR');
}

const spanish = `Cuenta;ES91 2100 0418
Fecha;Concepto;Ordenante;Importe
01/03/2026;"Fra. A2026-000007; gracias";KESTREL BIKES;"1.234,50"
02/03/2026;Comision;;-3,00
02/03/2026;cuota;LIBRERIA ATALAYA SL;11,50
02/03/2026;cuota;LIBRERIA ATALAYA SL;11,50
no es fecha;x;y;1
03/03/2026;corta
04/03/2026;larga;x;1,00;y
`;

test('a Spanish bank’s file is read: no row is lost, and equal rows are two lines', async () => {
  const { lines, others } = await statementOf(spanish);
  expect(lines).toMatchObject([
    { day: '2026-03-01', amount: 123_450, payer: 'KESTREL BIKES', text: 'Fra. A2026-000007; gracias' },
    { day: '2026-03-02', amount: -300, text: 'Comision' },
    { day: '2026-03-02', amount: 1_150, payer: 'LIBRERIA ATALAYA SL' },
    { day: '2026-03-02', amount: 1_150, payer: 'LIBRERIA ATALAYA SL' },
  ]);
  expect(others.map(({ line, why }) => [line, why])).toEqual([
    [7, 'day'],
    [8, 'cells'],
    [9, 'cells'],
  ]);
  expect(new Set(lines.map(({ key }) => key)).size).toBe(4);
  expect((await statementOf(spanish)).lines).toEqual(lines);
});

test('debits and credits stand in two columns, and the balance is neither', async () => {
  const { lines } = await statementOf(
    'Fecha;Concepto;Debe;Haber;Saldo\n01/03/2026;Fra A2026-000001;;23,82;1.213,28\n02/03/2026;Luz;40,00;;1.173,28\n',
  );
  expect(lines.map(({ amount }) => amount)).toEqual([2_382, -4_000]);
});

test('lines that end with a separator, and columns without a heading, are no reason to refuse a file', async () => {
  const { lines } = await statementOf(
    'Fecha;Concepto;Importe;\n01/03/2026;Fra;23,82;\n02/03/2026;Luz;-4,00;\n',
  );
  expect(lines.map(({ amount }) => amount)).toEqual([2_382, -400]);
});

test('lines that are not booked yet or in another currency are listed apart', async () => {
  const { lines, others } = await statementOf(
    'Date,Description,Amount,Currency,State\n' +
      '2026-03-05,Invoice A2026-000001,10.00,EUR,COMPLETED\n' +
      '2026-03-05,Invoice A2026-000002,11.00,USD,COMPLETED\n' +
      '2026-03-05,Invoice A2026-000003,12.00,EUR,PENDING\n',
  );
  expect(lines.map(({ amount }) => amount)).toEqual([1_000]);
  expect(others.map(({ why }) => why)).toEqual(['foreign', 'pending']);
});

test('every column with words is searched for the number of an invoice', async () => {
  const { lines } = await statementOf(
    'Fecha;Concepto;Referencia 1;Observaciones;Importe\n' +
      '01/03/2026;Transferencia;00012;pago A2026-000009;5,00\n02/03/2026;Transferencia;A2026-000010;x;6,00\n',
  );
  expect(lines[0]?.text).toContain('A2026-000009');
  expect(lines[1]?.text).toContain('A2026-000010');
});

test('bytes in windows-1252 and UTF-16 are decoded, and a text without columns is no file', () => {
  expect(decode(new Uint8Array([0x4c, 0x69, 0x62, 0x72, 0x65, 0x72, 0xed, 0x61]).buffer)).toBe('Librería');
  expect(decode(new Uint8Array([0xff, 0xfe, 0xf1, 0, 0x61, 0]).buffer)).toBe('ña');
  expect(readFile('nothing to see')).toBeNull();
});

test.each([
  ['1.234,50', 123_450],
  ['1,234.50', 123_450],
  ["1'234.50", 123_450],
  ['12', 1_200],
  ['12,5', 1_250],
  ['-3,00', -300],
  ['3,00-', -300],
  ['(12.50)', -1_250],
  ['12,50 S', -1_250],
  ['12,50 H', 1_250],
  ['USD 5.00', 500],
  ['\u22123,00', -300],
  ['+ 1 000,00 €', 100_000],
  ['0,05', 5],
  ['8.4700', 847],
  ['8.4750', null],
  ['1.234', null],
  ['12.34.56', null],
  ['1.2E+04', null],
  ['(12.50', null],
  ['abc', null],
  ['', null],
])('the amount %s is %s', (text, minor) => {
  expect(amountIn(text)).toBe(minor);
});

test('the other numbers of a column tell whether 1.234 is a thousand or one and a bit', () => {
  expect(amountIn('1.234', decimalOf(['1.234', '5,00']))).toBe(123_400);
  expect(amountIn('1.230', decimalOf(['1.230', '5.00']))).toBe(123);
});

test.each([
  ['2026-03-01', '2026-03-01'],
  ['20260301', '2026-03-01'],
  ['01/03/2026', '2026-03-01'],
  ['01-Mar-2026', '2026-03-01'],
  ['5 dic. 2026', '2026-12-05'],
  ['1.3.26', '2026-03-01'],
  ['2026-03-01 10:20:30', '2026-03-01'],
  ['31/02/2026', null],
  ['yesterday', null],
])('the day %s is %s', (text, day) => {
  expect(dayIn(text)).toBe(day);
});

test('a column with a day above 12 in second place has the month first', () => {
  expect(dayIn('03/04/2026', dayOrderOf(['03/04/2026', '03/25/2026']))).toBe('2026-03-04');
  expect(dayIn('03/04/2026', dayOrderOf(['03/04/2026', '25/03/2026']))).toBe('2026-04-03');
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
const proposed = (lines: StatementLine[], open: { invoice: Invoice; open: number }[]) =>
  matchLines(lines, open).map(({ parts, why }) => [
    why,
    ...parts.map((part) => [part.invoice.number, part.amount]),
  ]);

test('a line that names invoice numbers pays those, oldest first; any excess goes to the last one as credit', () => {
  const open = [
    { invoice: invoice('A2026-000008'), open: 500 },
    { invoice: invoice('A2026-000007'), open: 1_000 },
  ];
  const both = line({ text: 'facturas a2026 000007 y A2026-000008', amount: 1_200 });
  expect(proposed([both], open)).toEqual([['number', ['A2026-000007', 1_000], ['A2026-000008', 200]]]);
  const again = line({ text: 'A2026-000008', amount: 500 });
  expect(proposed([both, again], open)[1]).toEqual(['number', ['A2026-000008', 500]]);
  // A plural "s" before a number without its series letter does not mean series S.
  const other = [{ invoice: invoice('S2026-000012'), open: 700 }];
  expect(proposed([line({ text: 'Pago facturas 2026-000012', amount: 300 })], other)).toEqual([[null]]);
});

test('without a number a line matches by payer and amount, or by a unique amount, or not at all', () => {
  const atalaya = { invoice: invoice('A2026-000001'), open: 1_150 };
  const kestrel = { invoice: invoice('A2026-000002', 'Thomas Kestrel'), open: 1_150 };
  expect(proposed([line({ payer: 'LIBRERIA ATALAYA' })], [kestrel, atalaya])).toEqual([
    ['payer', ['A2026-000001', 1_150]],
  ]);
  expect(proposed([line({ payer: 'somebody' })], [kestrel, atalaya])).toEqual([[null]]);
  expect(proposed([line({ payer: 'somebody' })], [kestrel])).toEqual([['amount', ['A2026-000002', 1_150]]]);
  expect(proposed([line({ amount: 99 })], [kestrel])).toEqual([[null]]);
});

test('a line that names an invoice which is not open is offered to no other one', () => {
  const kestrel = { invoice: invoice('A2026-000002', 'Thomas Kestrel'), open: 1_150 };
  const named = line({ payer: 'Thomas Kestrel', text: 'Fra. a 2026/000001' });
  expect(proposed([named], [kestrel])).toEqual([['named']]);
});

test('a returned payment is offered to the invoice that it names, and only what is certain is chosen', () => {
  const kestrel = { invoice: invoice('A2026-000002', 'Thomas Kestrel'), open: 1_150 };
  const back = line({ amount: -1_150, text: 'Devolución A2026-000002' });
  const [returned] = matchLines([back], [], [kestrel]);
  expect(returned).toMatchObject({ why: 'returned', isCertain: false, parts: [{ amount: -1_150 }] });
  expect(matchLines([{ ...back, amount: -1_151 }], [], [kestrel])[0]?.parts).toEqual([]);
  const certain = (over: Partial<StatementLine>) => matchLines([line(over)], [kestrel])[0]?.isCertain;
  expect(certain({ text: 'A2026-000002' })).toBe(true);
  expect(certain({ text: 'A2026-000002', amount: 2_000 })).toBe(false);
  expect(certain({ payer: 'Thomas Kestrel' })).toBe(false);
  expect(certain({ payer: 'somebody' })).toBe(false);
});
