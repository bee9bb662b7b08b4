import { findRow } from '../../models/rows.ts';
import { withOffset } from '../issue-records.ts';
import { settings } from '../../settings/settings.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Tx } from '../../context.ts';

/**
 * What happened to the records, kept in a chain of its own. Kinds of the tax office: 03 a check of the records was
 * begun, 04 it found one that was changed, 90 anything else (switched on, refused, the line to the tax office).
 */
export type EventKind = '03' | '04' | '90';

/** A stored event: what the fingerprint is made of, and a sentence. */
export type EventBody = {
  producer: string;
  installation: string;
  issuer: string;
  kind: EventKind;
  at: string;
  before: string;
};

export async function addEvent(tx: Tx, kind: EventKind, detail: string): Promise<void> {
  const { server, transaction } = tx;
  const position = await tx.count('verifactu-event');
  const last = await findRow(server.models.verifactuEvents, {
    where: { position: position - 1 },
    transaction,
  });
  const { seller, timeZone } = await settings(server, transaction);
  const body: EventBody = {
    producer: seller.taxNumber,
    installation: installationOf(seller.taxNumber),
    issuer: seller.taxNumber,
    kind,
    at: withOffset(tx.now, timeZone),
    before: last?.fingerprint ?? '',
  };
  await server.models.verifactuEvents.create(
    {
      position,
      kind,
      at: tx.now,
      detail: detail.slice(0, 500),
      body: JSON.stringify(body),
      fingerprint: eventFingerprint(body),
    },
    { transaction },
  );
}

/** Source: as of the records, part 3.c; the tax office published no example of it. */
export function eventFingerprint({ producer, installation, issuer, kind, at, before }: EventBody): string {
  return fingerprintOf([
    ['NIF', producer],
    ['ID', ''],
    ['IdSistemaInformatico', 'CS'],
    ['Version', '1.0'],
    ['NumeroInstalacion', installation],
    ['NIF', issuer],
    ['TipoEvento', kind],
    ['HuellaEvento', before],
    ['FechaHoraHusoGenEvento', at],
  ]);
}

/** There is one installation of the program a seller: more servers of it share one database and one chain. */
export function installationOf(taxNumber: string): string {
  return `${taxNumber}-1`;
}
