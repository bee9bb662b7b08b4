import { euRates } from '#shared/billing/tax.ts';
import type { TaxTotal } from '#shared/invoices/totals.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { BillingIdentity } from '#shared/billing/billing-identity.ts';

/*
 * The record of an invoice for the Spanish tax office (RegistroAlta), with the tax office's own field names in the order
 * of its schema. Sources: RD 1007/2023, Orden HAC/1177/2024, SuministroInformacion.xsd.
 */

/** The program version in the records. Change it when records are built in a different way. */
export const version = '1.0';

type Value = string | undefined | readonly Fields[] | Fields;
export type Fields = { [name: string]: Value };

/** The fields of the record before that a record contains. */
export type PreviousRecord = { issuer: string; number: string; date: string; fingerprint: string };

export type RecordOptions = {
  invoice: Invoice;
  /** The record before, of any seller and series. Null for the first record. */
  previous: PreviousRecord | null;
  /** Time of the record, with the UTC offset of the seller's time zone. */
  at: string;
  installation: string;
  /** The state of the earlier record, if this record is sent again for it. */
  resendOf: 'refused' | 'with errors' | null;
};

/** Builds the record of an invoice. @throws Error if the invoice was not issued */
export function recordOf({ invoice, previous, at, installation, resendOf }: RecordOptions): Fields {
  const { seller, number, date } = invoice;
  if (!seller || number === null || date === null)
    throw new Error('an invoice without a number has no record');
  const issuer = seller.taxNumber;
  const parts = breakdown(invoice);
  const base = {
    IDVersion: '1.0',
    IDFactura: {
      IDEmisorFactura: issuer,
      NumSerieFactura: number,
      FechaExpedicionFactura: spanishDay(date),
    },
    NombreRazonEmisor: seller.name,
    // X: the tax office has no record of the invoice yet. N: it has one, with errors.
    ...(resendOf ? { Subsanacion: 'S', RechazoPrevio: resendOf === 'refused' ? 'X' : 'N' } : {}),
    TipoFactura: kindOf(invoice),
    ...rectified(invoice, issuer),
    DescripcionOperacion: descriptionOf(invoice),
    ...recipient(invoice),
    Desglose: { DetalleDesglose: parts.lines },
    CuotaTotal: amount(parts.tax),
    ImporteTotal: amount(invoice.total),
  };
  const chain = {
    Encadenamiento: previous
      ? {
          RegistroAnterior: {
            IDEmisorFactura: previous.issuer,
            NumSerieFactura: previous.number,
            FechaExpedicionFactura: previous.date,
            Huella: previous.fingerprint,
          },
        }
      : { PrimerRegistro: 'S' },
    SistemaInformatico: {
      // The seller is named as the producer: free software has no other producer who could be responsible.
      NombreRazon: seller.name,
      NIF: issuer,
      NombreSistemaInformatico: 'CSTIMS',
      IdSistemaInformatico: 'CS',
      Version: version,
      NumeroInstalacion: installation,
      TipoUsoPosibleSoloVerifactu: 'S',
      TipoUsoPosibleMultiOT: 'N',
      IndicadorMultiplesOT: 'N',
    },
    FechaHoraHusoGenRegistro: at,
    TipoHuella: '01',
  };
  const record = { ...base, ...chain };
  return { ...record, Huella: recordFingerprint(record) };
}

type FingerprintFields = {
  IDFactura: { IDEmisorFactura: string; NumSerieFactura: string; FechaExpedicionFactura: string };
  TipoFactura: string;
  CuotaTotal: string;
  ImporteTotal: string;
  Encadenamiento: { RegistroAnterior?: { Huella: string } };
  FechaHoraHusoGenRegistro: string;
};

/** The fingerprint of a record, computed from its fields, so that a later change shows. */
export function recordFingerprint(record: FingerprintFields): string {
  const { IDFactura, TipoFactura, CuotaTotal, ImporteTotal, Encadenamiento } = record;
  return fingerprintOf([
    ['IDEmisorFactura', IDFactura.IDEmisorFactura],
    ['NumSerieFactura', IDFactura.NumSerieFactura],
    ['FechaExpedicionFactura', IDFactura.FechaExpedicionFactura],
    ['TipoFactura', TipoFactura],
    ['CuotaTotal', CuotaTotal],
    ['ImporteTotal', ImporteTotal],
    ['Huella', Encadenamiento.RegistroAnterior?.Huella ?? ''],
    ['FechaHoraHusoGenRegistro', record.FechaHoraHusoGenRegistro],
  ]);
}

const hasNumber = (buyer: BillingIdentity | null) =>
  !!buyer && (buyer.taxNumber !== '' || buyer.vatNumber !== '');

/**
 * The kind of an invoice. F1 identifies its buyer by a number. F2 is a simplified invoice, or one to a buyer abroad who
 * needs no number (art. 6.1.d of RD 1619/2012). R1 is a correction by articles 80.1, 80.2 and 80.6 of the VAT law. R5 is
 * a correction of an F2.
 */
function kindOf({ kind, buyer, correctsNumber }: Invoice): 'F1' | 'F2' | 'R1' | 'R5' {
  const named = hasNumber(buyer);
  if (kind === 'rectifying') return named && !correctsNumber.startsWith('S') ? 'R1' : 'R5';
  return named && kind === 'full' ? 'F1' : 'F2';
}

/** The fields of a correction by difference (I): with negative amounts, as printed. */
function rectified({ kind, correctsNumber, correctsDate }: Invoice, issuer: string): Fields {
  if (kind !== 'rectifying' || correctsDate === null) return {};
  const original = {
    IDEmisorFactura: issuer,
    NumSerieFactura: correctsNumber,
    FechaExpedicionFactura: spanishDay(correctsDate),
  };
  return { TipoRectificativa: 'I', FacturasRectificadas: { IDFacturaRectificada: original } };
}

function recipient(invoice: Invoice): Fields {
  const { buyer, seller } = invoice;
  const kind = kindOf(invoice);
  if (!buyer || kind === 'F2' || kind === 'R5')
    return invoice.kind === 'full' ? { FacturaSinIdentifDestinatarioArt61d: 'S' } : {};
  return {
    Destinatarios: { IDDestinatario: { NombreRazon: buyer.legalName, ...numberOf(buyer, seller?.country) } },
  };
}

/** A description of the supply, from the texts of the lines. Source: SuministroInformacion.xsd, at most 500 characters. */
function descriptionOf({ lines, reason, number }: Invoice): string {
  const texts = [...new Set([reason, ...lines.map(({ text }) => text)])].filter(Boolean);
  return (texts.join(', ') || (number ?? '')).slice(0, 500);
}

/** Only the letters and digits of a number, because people write 12.345.678-Z. */
const lettersAndDigits = (number: string) => number.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase();

/** The buyer's number: a Spanish one, a verified EU VAT number (02), or the identification of another country (04). */
function numberOf(buyer: BillingIdentity, home: string | undefined): Fields {
  const { country, taxNumber, vatNumber, vatVerified } = buyer;
  // A Spanish VAT number is the tax number after the country code.
  if (country === home) return { NIF: lettersAndDigits(taxNumber || vatNumber.replace(/^ES/, '')) };
  const inEu = vatNumber !== '' && vatVerified && Object.hasOwn(euRates, country);
  const id = inEu
    ? { IDType: '02', ID: lettersAndDigits(vatNumber) }
    : { IDType: '04', ID: lettersAndDigits(taxNumber || vatNumber) };
  return { IDOtro: { CodigoPais: country, ...id, ID: id.ID.slice(0, 20) } };
}

/** One line per rate. A supply taxed in another country is "not subject by the rules of location" (N2), without Spanish tax. */
function breakdown({ totals, buyer, seller }: Invoice): { lines: Fields[]; tax: number } {
  let tax = 0;
  const isAtHome = buyer?.country === seller?.country;
  const lines = totals.map((total): Fields => {
    const { country } = total.rate;
    if (country && country !== seller?.country)
      return { ...regime('01', '17'), ...notSubject(total.net + total.tax) };
    tax += total.tax;
    return breakdownLine(total, isAtHome);
  });
  return { lines, tax };
}

const regime = (impost: string, key: string): Fields => ({ Impuesto: impost, ClaveRegimen: key });
const notSubject = (net: number): Fields => ({
  CalificacionOperacion: 'N2',
  BaseImponibleOimporteNoSujeto: amount(net),
});

/** Maps a category of EN 16931 to the tax office's lists L1 (impost), L9 (subject) and L10 (exempt). */
function breakdownLine({ rate, net, tax }: TaxTotal, isAtHome: boolean): Fields {
  const base = { BaseImponibleOimporteNoSujeto: amount(net) };
  const subject = (how: 'S1' | 'S2'): Fields => ({
    CalificacionOperacion: how,
    TipoImpositivo: amount(rate.percent),
    ...base,
    CuotaRepercutida: amount(tax),
  });
  const exempt = (why: string): Fields => ({ OperacionExenta: why, ...base });
  switch (rate.category) {
    case 'S':
    case 'Z':
      return { ...regime('01', '01'), ...subject('S1') };
    case 'L':
      return { ...regime('03', '01'), ...subject('S1') };
    case 'M':
      return { Impuesto: '02', ...subject('S1') };
    case 'E':
      return { ...regime('01', '01'), ...exempt('E1') };
    case 'G':
      return { ...regime('01', '02'), ...exempt('E2') };
    case 'K':
      return { ...regime('01', '01'), ...exempt('E5') };
    case 'AE':
      return { ...regime('01', '01'), ...(isAtHome ? subject('S2') : notSubject(net)) };
    case 'O':
      return { ...regime('01', '01'), ...notSubject(net) };
  }
}

/** 2026-11-24 -> 24-11-2026 */
export function spanishDay(day: string): string {
  return day.split('-').toReversed().join('-');
}

/** An amount in hundredths, in the tax office's format: 12.35, -0.05. */
export function amount(hundredths: number): string {
  const whole = Math.abs(hundredths);
  return `${hundredths < 0 ? '-' : ''}${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, '0')}`;
}
