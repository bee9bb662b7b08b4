import { DomainError } from '#shared/errors.ts';
import { findRow } from '../../models/rows.ts';
import { withOffset } from '../issue-records.ts';
import { settings } from '../../settings/settings.ts';
import { addEvent, installationOf } from './events.ts';
import { recordOf, type Before, type Made } from './record.ts';
import type { Tx } from '../../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

type Stored = { body: string; fingerprint: string };
type Parsed = {
  IDFactura: { IDEmisorFactura: string; NumSerieFactura: string; FechaExpedicionFactura: string };
};

/**
 * Writes the record of an invoice that is being issued, in the same transaction, chained to the one before it whatever
 * its series; it waits to be sent. Nothing where the setting is off.
 *
 * @param again what came of it before: it is said once more
 */
export async function addVerifactuRecord(
  tx: Tx,
  invoice: Invoice,
  again: Made['again'] = null,
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
    before: last && beforeOf(last),
    again,
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

/** What the next record says of a stored one. */
export function beforeOf({ body, fingerprint }: Stored): Before {
  const { IDFactura } = JSON.parse(body) as Parsed;
  return {
    issuer: IDFactura.IDEmisorFactura,
    number: IDFactura.NumSerieFactura,
    date: IDFactura.FechaExpedicionFactura,
    fingerprint,
  };
}

/**
 * Says a record again that was refused, or accepted with errors, as a new one at the end of the chain: the first stays
 * as it was.
 *
 * @throws DomainError 'not-found' where it was neither, was said again already, or is of another environment
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
  await models.verifactuRecords.update({ state: 'said again' }, { where: { position }, transaction });
  await addVerifactuRecord(tx, invoice, row.state);
}
