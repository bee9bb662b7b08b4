import { Op } from 'sequelize';
import { findDocument } from '#sync/server/row.ts';
import type { ServerRow } from '../../models/models.ts';
import { findRow, findRows } from '../../models/rows.ts';
import { Fault } from '../chain-fault.ts';
import { previousOf } from './add-record.ts';
import { eventFingerprint, type EventBody } from './events.ts';
import { recordFingerprint, recordOf, version, type RecordOptions } from './record.ts';
import type { Server } from '../../context.ts';
import { invoices } from '#shared/invoices/schema.ts';

type Record = Parameters<typeof recordFingerprint>[0] & {
  Huella: string;
  Subsanacion?: string;
  RechazoPrevio?: string;
  SistemaInformatico: { NumeroInstalacion: string; Version: string };
};
type Row = ServerRow<'verifactuRecords'>;

const batchSize = 500;

/**
 * Compares the records for the tax office with their fingerprints, with each other and with their invoices, and the
 * events with their fingerprints. No record or event may be missing, not even the last.
 *
 * @throws Fault with the first one that differs from what was written
 */
export async function verifyVerifactu(server: Server): Promise<void> {
  const last = new Map<string, { body: string; fingerprint: string }>();
  let next = 1;
  for (;;) {
    const rows = await findRows(server.models.verifactuRecords, {
      where: { position: { [Op.gte]: next } },
      order: ['position'],
      limit: batchSize,
    });
    for (const row of rows) {
      if (row.position !== next) throw new Fault(`record ${next} for the tax office is missing`);
      await verifyRecord(server, row, last.get(row.environment) ?? null);
      last.set(row.environment, row);
      next += 1;
    }
    if (rows.length < batchSize) break;
  }
  if (next - 1 !== (await counterValue(server, 'verifactu')))
    throw new Fault(`record ${next} for the tax office is missing`);
  const [unsent] = await server.db.query(
    `SELECT i.number FROM invoices i LEFT JOIN verifactu_records r ON r.invoice = i.id
      WHERE i.verify_url <> '' AND r.position IS NULL LIMIT 1`,
  );
  const [missing] = unsent as { number: string }[];
  if (missing) throw new Fault(`${missing.number}: the tax office was not told of it`);
  await verifyEvents(server);
}

/** Builds the record of the invoice again, with the same place in the chain and the same time, and compares them. */
async function verifyRecord(
  server: Server,
  row: Row,
  before: { body: string; fingerprint: string } | null,
): Promise<void> {
  const invoice = await findDocument(server, invoices, { where: { id: row.invoice } });
  if (!invoice) throw new Fault(`record ${row.position} for the tax office is of no invoice`);
  const { number } = invoice;
  const record = JSON.parse(row.body) as Record;
  if (recordFingerprint(record) !== row.fingerprint || record.Huella !== row.fingerprint)
    throw new Fault(`${number}: its record for the tax office has another fingerprint`);
  if ((record.Encadenamiento.RegistroAnterior?.Huella ?? '') !== (before?.fingerprint ?? ''))
    throw new Fault(`${number}: its record for the tax office does not follow the one before`);
  // Another version of the program may have built the record in a different way.
  if (record.SistemaInformatico.Version !== version) return;
  const resendOf: RecordOptions['resendOf'] =
    record.Subsanacion === 'S' ? (record.RechazoPrevio === 'N' ? 'with errors' : 'refused') : null;
  const rebuilt = recordOf({
    invoice,
    previous: before && previousOf(before),
    resendOf,
    at: record.FechaHoraHusoGenRegistro,
    installation: record.SistemaInformatico.NumeroInstalacion,
  });
  if (JSON.stringify(rebuilt) !== row.body)
    throw new Fault(`${number}: the tax office was told something else`);
}

async function verifyEvents(server: Server): Promise<void> {
  const rows = await findRows(server.models.verifactuEvents, { order: ['position'] });
  let before = '';
  let next = 1;
  for (const row of rows) {
    const body = JSON.parse(row.body) as EventBody;
    if (row.position !== next) throw new Fault(`event ${next} is missing`);
    if (body.before !== before || eventFingerprint(body) !== row.fingerprint)
      throw new Fault(`event ${next} is not as it was written`);
    before = row.fingerprint;
    next += 1;
  }
  if (next - 1 !== (await counterValue(server, 'verifactu-event')))
    throw new Fault(`event ${next} is missing`);
}

/** How many were written, by the counter that gave them their positions. */
async function counterValue(server: Server, name: string): Promise<number> {
  const counter = await findRow(server.models.counters, { where: { name } });
  return counter?.value ?? 0;
}
