import { findRow } from '../../models/rows.ts';
import { withOffset } from '../issue-records.ts';
import { settings } from '../../settings/settings.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Tx } from '../../context.ts';

/**
 * Kinds of events about the records, as defined by the tax office: 03 a check of the records started, 04 the check found a
 * changed record, 90 anything else (switched on, refused, connection problems). Events have a hash chain of their own.
 */
export type EventKind = '03' | '04' | '90';

/** The fields of an event that its fingerprint is computed from. `before`: fingerprint of the event before, or ''. */
export type EventBody = {
  producer: string;
  installation: string;
  issuer: string;
  kind: EventKind;
  at: string;
  before: string;
};

/** Adds an event to the chain. `detail` is a sentence for people, cut to 500 characters. */
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

/** Source: the specification in fingerprint.ts, part 3.c. The tax office published no example for events. */
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

/** Each seller has one installation of the program: all of its servers share one database and one chain. */
export function installationOf(taxNumber: string): string {
  return `${taxNumber}-1`;
}
