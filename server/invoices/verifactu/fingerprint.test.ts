import { expect, test } from 'vitest';
import { eventFingerprint } from './events.ts';
import { fingerprintOf } from './fingerprint.ts';
import { recordFingerprint } from './record.ts';

// The examples in the tax office's specification of the fingerprint.
const issuer = '89890001K';
const first = '3C464DAF61ACB827C65FDA19F352A4E3BDC2C640E9E9FC4CC058073F38F12F60';
const second = 'F7B94CFD8924EDFF273501B01EE5153E4CE8F259766F88CF6ACB8935802A2B97';

function invoiceRecord(number: string, second: string, before: string | null) {
  return recordFingerprint({
    IDFactura: { IDEmisorFactura: issuer, NumSerieFactura: number, FechaExpedicionFactura: '01-01-2024' },
    TipoFactura: 'F1',
    CuotaTotal: '12.35',
    ImporteTotal: '123.45',
    Encadenamiento: before === null ? {} : { RegistroAnterior: { Huella: before } },
    FechaHoraHusoGenRegistro: `2024-01-01T19:20:${second}+01:00`,
  });
}

test('records have the fingerprints of the published examples', () => {
  expect(invoiceRecord('12345678/G33', '30', null)).toBe(first);
  expect(invoiceRecord('12345679/G34', '35', first)).toBe(second);
  // The example of a cancelled record. This program never cancels an issued invoice, but the rule is the same.
  const cancelled = fingerprintOf([
    ['IDEmisorFacturaAnulada', issuer],
    ['NumSerieFacturaAnulada', ' 12345679/G34 '],
    ['FechaExpedicionFacturaAnulada', '01-01-2024'],
    ['Huella', second],
    ['FechaHoraHusoGenRegistro', '2024-01-01T19:20:40+01:00'],
  ]);
  expect(cancelled).toBe('177547C0D57AC74748561D054A9CEC14B4C4EA23D1BEFD6F2E69E3A388F90C68');
});

test('the fingerprint of an event is computed from its nine fields, including the fingerprint before', () => {
  const event = { producer: issuer, installation: '383', issuer: '89890002E', kind: '90' as const };
  const at = '2024-01-01T19:20:30+01:00';
  const text =
    `NIF=${issuer}&ID=&IdSistemaInformatico=CS&Version=1.0&NumeroInstalacion=383&NIF=89890002E` +
    `&TipoEvento=90&HuellaEvento=&FechaHoraHusoGenEvento=${at}`;
  const [name, ...rest] = text.split('=');
  expect(eventFingerprint({ ...event, at, before: '' })).toBe(fingerprintOf([[name ?? '', rest.join('=')]]));
  expect(eventFingerprint({ ...event, at, before: first })).not.toBe(
    eventFingerprint({ ...event, at, before: '' }),
  );
});
