import { euRates } from '#shared/billing/tax.ts';
import type { TaxTotal } from '#shared/invoices/totals.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { BillingIdentity } from '#shared/billing/billing-identity.ts';

/*
 * An invoice as the Spanish tax office wants to know it (RegistroAlta), with the tax office's own field names in the
 * order of its schema. Sources: RD 1007/2023, Orden HAC/1177/2024, SuministroInformacion.xsd.
 */

/** Of this program, as its records say it: another one where they would be made in another way. */
export const version = '1.0';

type Value = string | undefined | readonly Fields[] | Fields;
export type Fields = { [name: string]: Value };

/** What a record says of the one before it. */
export type Before = { issuer: string; number: string; date: string; fingerprint: string };

export type Made = {
  invoice: Invoice;
  /** Of whatever seller and series; null: this is the first. */
  before: Before | null;
  /** Moment of the record with the offset of the seller's time zone. */
  at: string;
  installation: string;
  /** It says again what came to this. */
  again: 'refused' | 'with errors' | null;
};

/** @throws Error where the invoice was not issued */
export function recordOf({ invoice, before, at, installation, again }: Made): Fields {
  const { seller, number, date } = invoice;
  if (!seller || number === null || date === null)
    throw new Error('an invoice without a number has no record');
  const issuer = seller.taxNumber;
  const parts = detail(invoice);
  const base = {
    IDVersion: '1.0',
    IDFactura: {
      IDEmisorFactura: issuer,
      NumSerieFactura: number,
      FechaExpedicionFactura: spanishDay(date),
    },
    NombreRazonEmisor: seller.name,
    // X: there is none at the tax office yet; N: there is, with errors.
    ...(again ? { Subsanacion: 'S', RechazoPrevio: again === 'refused' ? 'X' : 'N' } : {}),
    TipoFactura: kindOf(invoice),
    ...rectified(invoice, issuer),
    DescripcionOperacion: described(invoice),
    ...recipient(invoice),
    Desglose: { DetalleDesglose: parts.lines },
    CuotaTotal: amount(parts.tax),
    ImporteTotal: amount(invoice.total),
  };
  const chained = {
    Encadenamiento: before
      ? {
          RegistroAnterior: {
            IDEmisorFactura: before.issuer,
            NumSerieFactura: before.number,
            FechaExpedicionFactura: before.date,
            Huella: before.fingerprint,
          },
        }
      : { PrimerRegistro: 'S' },
    SistemaInformatico: {
      // Who runs it has made it, or answers for it: free software comes without a producer who would.
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
  const record = { ...base, ...chained };
  return { ...record, Huella: recordFingerprint(record) };
}

type Printed = {
  IDFactura: { IDEmisorFactura: string; NumSerieFactura: string; FechaExpedicionFactura: string };
  TipoFactura: string;
  CuotaTotal: string;
  ImporteTotal: string;
  Encadenamiento: { RegistroAnterior?: { Huella: string } };
  FechaHoraHusoGenRegistro: string;
};

/** The fingerprint of a record as it stands: what was changed later shows. */
export function recordFingerprint(record: Printed): string {
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
 * F1 names its buyer by a number; F2 is a simplified one, or one to a buyer abroad who needs none (art. 6.1.d of RD
 * 1619/2012); R1 corrects by articles 80.1, 80.2 and 80.6 of the VAT law, R5 corrects an F2.
 */
function kindOf({ kind, buyer, correctsNumber }: Invoice): 'F1' | 'F2' | 'R1' | 'R5' {
  const named = hasNumber(buyer);
  if (kind === 'rectifying') return named && !correctsNumber.startsWith('S') ? 'R1' : 'R5';
  return named && kind === 'full' ? 'F1' : 'F2';
}

/** By difference (I): with negative amounts, as it is printed. */
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

/** What was supplied, in the words of the lines. Source: SuministroInformacion.xsd, at most 500 characters. */
function described({ lines, reason, number }: Invoice): string {
  const texts = [...new Set([reason, ...lines.map(({ text }) => text)])].filter(Boolean);
  return (texts.join(', ') || (number ?? '')).slice(0, 500);
}

/** Letters and digits alone: people write 12.345.678-Z. */
const bare = (number: string) => number.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase();

/** A Spanish number, a VAT number of the EU that was verified (02), or what another country identifies by (04). */
function numberOf(buyer: BillingIdentity, home: string | undefined): Fields {
  const { country, taxNumber, vatNumber, vatVerified } = buyer;
  // A Spanish VAT number is the tax number behind the country's letters.
  if (country === home) return { NIF: bare(taxNumber || vatNumber.replace(/^ES/, '')) };
  const inEu = vatNumber !== '' && vatVerified && Object.hasOwn(euRates, country);
  const id = inEu
    ? { IDType: '02', ID: bare(vatNumber) }
    : { IDType: '04', ID: bare(taxNumber || vatNumber) };
  return { IDOtro: { CodigoPais: country, ...id, ID: id.ID.slice(0, 20) } };
}

/** A part a rate; what is taxed in another country is "not subject by the rules of location" (N2) and no Spanish tax. */
function detail({ totals, buyer, seller }: Invoice): { lines: Fields[]; tax: number } {
  let tax = 0;
  const isAtHome = buyer?.country === seller?.country;
  const lines = totals.map((total): Fields => {
    const { country } = total.rate;
    if (country && country !== seller?.country)
      return { ...regime('01', '17'), ...notSubject(total.net + total.tax) };
    tax += total.tax;
    return part(total, isAtHome);
  });
  return { lines, tax };
}

const regime = (impost: string, key: string): Fields => ({ Impuesto: impost, ClaveRegimen: key });
const notSubject = (net: number): Fields => ({
  CalificacionOperacion: 'N2',
  BaseImponibleOimporteNoSujeto: amount(net),
});

/** Each category of EN 16931 in the tax office's lists L1 (impost), L9 (subject) and L10 (exempt). */
function part({ rate, net, tax }: TaxTotal, isAtHome: boolean): Fields {
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

/** Hundredths as the tax office writes them: 12.35, -0.05. */
export function amount(hundredths: number): string {
  const whole = Math.abs(hundredths);
  return `${hundredths < 0 ? '-' : ''}${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, '0')}`;
}
