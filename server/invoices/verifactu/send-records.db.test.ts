import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { takenBack } from '#shared/invoices/corrections.ts';
import { issueCorrection } from '../correct.ts';
import { drawInvoices } from '../pdf/draw-invoices.ts';
import { verifyInvoices } from '../verify.ts';
import { saveSettings, storedSettings, type Settings } from '../../settings/settings.ts';
import { readStoredFile } from '../../files/stored-files.ts';
import { openBooks, type Books } from '../../test/books.ts';
import { pdfText } from '../../test/pdf-text.ts';
import { startTaxOffice, type TaxOffice } from '../../test/tax-office.ts';
import { createOrder, createPerson, madrid, system } from '../../test/test-server.ts';
import { resend } from './add-record.ts';
import { lineOf, recordsDue } from './queue.ts';
import { sendRecords } from './send-records.ts';
import { transact } from '../../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';
import { billOn } from '../../test/bill-on.ts';

let office: TaxOffice;
let books: Books;
let admin: { id: string; role: 'admin'; name: string };
beforeAll(async () => {
  office = await startTaxOffice();
});
afterAll(() => office.close());
beforeEach(async () => {
  books = await openBooks();
  const { server } = books.database;
  const { id } = await createPerson(server, 'arturo', 'admin');
  admin = { id, role: 'admin', name: 'arturo' };
  Object.assign(office, {
    judge: () => null,
    losesAnswers: 0,
    accepts: null,
    faultFor: null,
    messages: [],
    senders: [],
    taken: new Map(),
  });
  const { ca, certificate, password, url } = office;
  server.config.verifactu = { ca, certificate, password, url };
  await changeSettings({ verifactu: 'test' });
});
afterEach(() => books.close());

async function changeSettings(changes: Partial<Settings>): Promise<void> {
  const { server } = books.database;
  const { settings, version } = await storedSettings(server);
  await saveSettings(server, admin, { settings: { ...settings, ...changes }, version });
}

type Row = { position: string; body: string; fingerprint: string; state: string; answer: string };
async function records(): Promise<(Row & { record: Record<string, unknown> })[]> {
  const { models } = books.database.server;
  const rows = await models.verifactuRecords.findAll({ order: ['position'], raw: true });
  return (rows as unknown as Row[]).map((row) => ({
    ...row,
    record: JSON.parse(row.body) as Record<string, unknown>,
  }));
}

async function events(): Promise<string[]> {
  const { models } = books.database.server;
  const rows = await models.verifactuEvents.findAll({ order: ['position'], raw: true });
  return (rows as unknown as { detail: string }[]).map(({ detail }) => detail);
}

/** Ends the wait, so that the connection may be used again. */
async function resetWait(): Promise<void> {
  const { server } = books.database;
  await server.models.settings.update(
    { value: JSON.stringify({ ...(await lineOf(server)), until: 0 }) },
    { where: { name: 'verifactu-line' } },
  );
}

/** lucia gets a full invoice, tom a simplified one, and lucia's is fully corrected. */
async function issueThree(): Promise<void> {
  const { server } = books.database;
  await createOrder(server, books.client, { since: '2026-03-01', amount: 1000, instanceName: 'web' });
  const person = { ...madrid, kind: 'person' as const, legalName: 'Tom & Söhne <x>', taxNumber: '' };
  const { id: tom } = await createPerson(server, 'tom', 'client', { identity: person });
  await createOrder(server, tom, { since: '2026-03-01', amount: 500 });
  await billOn(server, '2026-03-01');
  const full = (await books.invoices()).find(({ series }) => series === 'A');
  if (full) await correctFully(full);
}

async function correctFully(original: Invoice): Promise<void> {
  const { server } = books.database;
  const lines = original.lines.map((line) => takenBack(line));
  await transact(server, system(server), async (tx) => {
    const options = { corrects: original.id, client: original.client, reason: 'agreed', lines };
    await tx.create(invoices, {
      ...(await issueCorrection(tx, options, '2026-03-02')),
      id: server.newId(),
      client: original.client,
    });
  });
}

test('every invoice has a record, in one chain over all series; the PDF shows the QR code and its legend', async () => {
  const { server } = books.database;
  await changeSettings({ verifactu: 'production' });
  await issueThree();
  const all = await records();
  expect(all.map(({ record }) => record['TipoFactura']).toSorted()).toEqual(['F1', 'F2', 'R1']);
  expect(all.at(-1)?.record).toMatchObject({
    TipoFactura: 'R1',
    TipoRectificativa: 'I',
    CuotaTotal: '-2.10',
    ImporteTotal: '-12.10',
    FacturasRectificadas: { IDFacturaRectificada: { NumSerieFactura: 'A2026-000001' } },
    Encadenamiento: { RegistroAnterior: { Huella: all.at(-2)?.fingerprint } },
  });
  expect(all[0]?.record['Encadenamiento']).toEqual({ PrimerRegistro: 'S' });
  expect(await events()).toEqual(['first record of the production environment']);
  await drawInvoices(server);
  const invoice = (await books.invoices()).find(({ series }) => series === 'A');
  expect(invoice?.verifyUrl).toMatch(
    /^https:\/\/www2\.agenciatributaria\.gob\.es\/.*nif=12345678Z&numserie=A2026-000001&fecha=01-03-2026&importe=12\.10$/,
  );
  const file = await readStoredFile(server, invoice?.pdfHash ?? '');
  expect(await pdfText(file?.bytes ?? new Uint8Array())).toMatch(/QR tributario:[^]*VERI\*FACTU/);
  await verifyInvoices(server);
});

test('records are sent over TLS with the seller’s certificate; unanswered ones are sent again and recognized', async () => {
  const { server } = books.database;
  await issueThree();
  office.losesAnswers = 1;
  expect(await sendRecords(server)).toEqual({ accepted: 0, 'with errors': 0, refused: 0 });
  expect(office.taken.size).toBe(3);
  expect(await recordsDue(server)).toBe(false); // not immediately
  await resetWait();
  expect(await recordsDue(server)).toBe(true);
  expect(await sendRecords(server)).toEqual({ accepted: 3, 'with errors': 0, refused: 0 });
  expect(office.senders).toEqual(['seller 12345678Z', 'seller 12345678Z']);
  expect([...office.taken.values()].map(({ Huella }) => Huella)).toEqual(
    (await records()).map(({ fingerprint }) => fingerprint),
  );
  expect((await records()).map(({ state }) => state)).toEqual(['accepted', 'accepted', 'accepted']);
  // The names are in the order of the schema, and no text of a client is read as a tag.
  expect(office.messages[0]).toMatch(
    /<sum1:IDVersion>1\.0<\/sum1:IDVersion><sum1:IDFactura>.*<sum1:NombreRazonEmisor>.*<sum1:TipoFactura>.*<sum1:DescripcionOperacion>.*<sum1:Desglose>.*<sum1:CuotaTotal>.*<sum1:ImporteTotal>.*<sum1:Encadenamiento>.*<sum1:SistemaInformatico>.*<sum1:FechaHoraHusoGenRegistro>.*<sum1:TipoHuella>01<\/sum1:TipoHuella><sum1:Huella>/,
  );
  await resetWait();
  expect(await recordsDue(server)).toBe(false);
  expect(await events()).toEqual([
    'first record of the test environment',
    expect.stringMatching(/^records can not be sent: /),
    'the tax office can be reached again',
  ]);
});

test('a refused record stays as it was and is sent again as a new one', async () => {
  const { server } = books.database;
  await issueThree();
  office.judge = ({ IDFactura }) =>
    IDFactura.NumSerieFactura.startsWith('S') ? { code: '1104', words: 'NIF no identificado' } : null;
  expect(await sendRecords(server)).toEqual({ accepted: 2, 'with errors': 0, refused: 1 });
  const refused = (await records()).find(({ state }) => state === 'refused');
  expect(refused?.answer).toBe('1104 NIF no identificado');
  expect((await events()).at(-1)).toBe('S2026-000001 was refused: 1104 NIF no identificado');
  office.judge = () => null;
  await transact(server, system(server), (tx) => resend(tx, Number(refused?.position)));
  expect((await records()).at(-1)?.record).toMatchObject({
    Subsanacion: 'S',
    RechazoPrevio: 'X',
    TipoFactura: 'F2',
  });
  await expect(
    transact(server, system(server), (tx) => resend(tx, Number(refused?.position))),
  ).rejects.toThrow('not-found');
  await resetWait();
  expect(await sendRecords(server)).toEqual({ accepted: 1, 'with errors': 0, refused: 0 });
  expect(office.taken.size).toBe(3);
  await verifyInvoices(server);
});

test('a record accepted with errors is reported and can be amended', async () => {
  const { server } = books.database;
  await issueThree();
  office.accepts = 'AceptadoConErrores';
  office.judge = ({ IDFactura }) =>
    IDFactura.NumSerieFactura.startsWith('R') ? { code: '2001', words: 'NIF no censado' } : null;
  expect(await sendRecords(server)).toEqual({ accepted: 2, 'with errors': 1, refused: 0 });
  const [reported] = (await records()).filter(({ state }) => state === 'with errors');
  expect(reported?.answer).toBe('2001 NIF no censado');
  await transact(server, system(server), (tx) => resend(tx, Number(reported?.position)));
  expect((await records()).at(-1)?.record).toMatchObject({ Subsanacion: 'S', RechazoPrevio: 'N' });
  await verifyInvoices(server);
});

test('a message refused because of one record is halved until that record is alone; the others are accepted', async () => {
  const { server } = books.database;
  await issueThree();
  office.faultFor = 'S2026-000001';
  for (let n = 0; n < 8 && (await recordsDue(server)); n += 1) {
    await sendRecords(server);
    await resetWait();
  }
  expect((await records()).map(({ state }) => state).toSorted()).toEqual(['accepted', 'accepted', 'refused']);
  expect((await records()).find(({ state }) => state === 'refused')?.answer).toBe(
    'Codigo[4102]. El XML no cumple el esquema',
  );
  expect((await lineOf(server)).failures).toBe(0);
});

test('a message with a record older than four minutes reports an incident', async () => {
  const { server } = books.database;
  await issueThree();
  const now = server.now;
  server.now = () => now() + 300_000;
  await sendRecords(server);
  server.now = now;
  expect(office.messages[0]).toContain(
    '<sum1:RemisionVoluntaria><sum1:Incidencia>S</sum1:Incidencia></sum1:RemisionVoluntaria>',
  );
  expect((await records()).map(({ state }) => state)).toEqual(['accepted', 'accepted', 'accepted']);
});

test('foreign tax is not reported as Spanish, even if the settings changed before its correction', async () => {
  const { server } = books.database;
  await changeSettings({ ossSince: '2026-01-01' });
  const french = { ...madrid, kind: 'person' as const, country: 'FR', taxNumber: '', vatNumber: 'FR123' };
  const { id } = await createPerson(server, 'marie', 'client', { identity: french });
  await createOrder(server, id, { since: '2026-03-01', amount: 1000 });
  await billOn(server, '2026-03-01');
  const [invoice] = await books.invoices();
  expect(invoice).toMatchObject({ tax: 200, totals: [{ rate: { percent: 2000, country: 'FR' } }] });
  await changeSettings({ ossSince: null });
  await correctFully(invoice as Invoice);
  const reported = await records();
  for (const [n, total] of [
    [0, '12.00'],
    [1, '-12.00'],
  ] as const) {
    expect(reported[n]?.record).toMatchObject({ CuotaTotal: '0.00', ImporteTotal: total });
    expect(reported[n]?.record['Desglose']).toEqual({
      DetalleDesglose: [
        {
          Impuesto: '01',
          ClaveRegimen: '17',
          CalificacionOperacion: 'N2',
          BaseImponibleOimporteNoSujeto: total,
        },
      ],
    });
  }
});

test('removing the last record or the last event from the database is detected', async () => {
  const { server } = books.database;
  await issueThree();
  await server.models.verifactuEvents.destroy({ where: { position: 1 } });
  await expect(verifyInvoices(server)).rejects.toThrow('event 1 is missing');
  await server.models.verifactuRecords.destroy({ where: { position: 3 } });
  await expect(verifyInvoices(server)).rejects.toThrow('record 3 for the tax office is missing');
});

test('with an unknown certificate nothing is sent, and the wait grows with each try', async () => {
  const { server } = books.database;
  await issueThree();
  if (server.config.verifactu) server.config.verifactu.certificate = office.stranger;
  await sendRecords(server);
  const first = await lineOf(server);
  await sendRecords(server);
  const second = await lineOf(server);
  expect([first.failures, second.failures]).toEqual([1, 2]);
  expect(second.until - server.now()).toBeGreaterThan(first.until - server.now() + 30_000);
  expect(office.messages).toEqual([]);
  expect((await events()).filter((detail) => detail.startsWith('records can not be sent'))).toHaveLength(1);
});

test('a record changed in the database is detected, and production mode cannot be left', async () => {
  const { server } = books.database;
  await changeSettings({ verifactu: 'production' });
  await issueThree();
  const [first] = await records();
  await expect(changeSettings({ verifactu: 'off' })).rejects.toMatchObject({ field: 'verifactu' });
  const { settings } = await storedSettings(server);
  await expect(changeSettings({ seller: { ...settings.seller, taxNumber: 'B1' } })).rejects.toMatchObject({
    field: 'seller.taxNumber',
  });
  await server.models.verifactuRecords.update(
    { body: first?.body.replace('12.10', '12.11').replace('6.05', '6.06') },
    { where: { position: 1 } },
  );
  await expect(verifyInvoices(server)).rejects.toThrow(
    /its record for the tax office has another fingerprint/,
  );
});

test('no record is written while the setting is off', async () => {
  await changeSettings({ verifactu: 'off' });
  await issueThree();
  expect(await records()).toEqual([]);
  expect((await books.invoices())[0]?.verifyUrl).toBe('');
});
