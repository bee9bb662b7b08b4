import { DomainError } from '#shared/errors.ts';
import { findRow } from '../../models/rows.ts';
import { withOffset } from '../issue-records.ts';
import { settings } from '../../settings/settings.ts';
import { addEvent, installationOf } from './events.ts';
import { recordOf, type PreviousRecord, type RecordOptions } from './record.ts';
import type { Tx } from '../../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

type Stored = { body: string; fingerprint: string };
type Parsed = {
  IDFactura: { IDEmisorFactura: string; NumSerieFactura: string; FechaExpedicionFactura: string };
};

/**
 * Writes the tax office record of an invoice, in the transaction that issues it. The record is chained to the one before,
 * of any series, and waits to be sent. Does nothing if the setting is off.
 *
 * @param resendOf the state of the invoice's earlier record, if this record is sent again for it
 */
export async function addVerifactuRecord(
  tx: Tx,
  invoice: Invoice,
  resendOf: RecordOptions['resendOf'] = null,
): Promise<void> {
  const { server, transaction } = tx;
  const { verifactu: environment, timeZone } = await settings(server, transaction);
  if (environment === 'off') return;
  const { verifactuRecords } = server.models;
  const position = await tx.count('verifactu');
  const last = await findRow(verifactuRecords, {
    where: { environment },
    order: [['position', 'DESC']],
    transaction,
  });
  if (!last) await addEvent(tx, '90', `first record of the ${environment} environment`);
  const record = recordOf({
    invoice,
    previous: last && previousOf(last),
    resendOf,
    at: withOffset(tx.now, timeZone),
    installation: installationOf(invoice.seller?.taxNumber ?? ''),
  });
  await verifactuRecords.create(
    {
      position,
      environment,
      invoice: invoice.id,
      body: JSON.stringify(record),
      fingerprint: record['Huella'],
      state: 'waiting',
      answer: '',
      sentAt: null,
    },
    { transaction },
  );
}

/** The fields of a stored record that the next record contains. */
export function previousOf({ body, fingerprint }: Stored): PreviousRecord {
  const { IDFactura } = JSON.parse(body) as Parsed;
  return {
    issuer: IDFactura.IDEmisorFactura,
    number: IDFactura.NumSerieFactura,
    date: IDFactura.FechaExpedicionFactura,
    fingerprint,
  };
}

/**
 * Sends a record again that was refused or accepted with errors. It adds a new record at the end of the chain; the first
 * record stays as it was.
 *
 * @throws DomainError 'not-found' if the record has another state, was already sent again, or is of another environment
 */
export async function resend(tx: Tx, position: number): Promise<void> {
  const { models } = tx.server;
  const { transaction } = tx;
  const { verifactu: environment } = await settings(tx.server, transaction);
  const row = await findRow(models.verifactuRecords, {
    where: { position, environment, state: ['refused', 'with errors'] },
    lock: transaction.LOCK.UPDATE,
    transaction,
  });
  const invoice = row && (await tx.load(invoices, row.invoice));
  if (!invoice || (row.state !== 'refused' && row.state !== 'with errors'))
    throw new DomainError('not-found', 'record');
  await models.verifactuRecords.update({ state: 'resent' }, { where: { position }, transaction });
  await addVerifactuRecord(tx, invoice, row.state);
}
