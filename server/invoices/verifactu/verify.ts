import { Op } from 'sequelize';
import { findDocument } from '#sync/server/row.ts';
import type { ServerRow } from '../../models/models.ts';
import { findRow, findRows } from '../../models/rows.ts';
import { Fault } from '../chain-fault.ts';
import { beforeOf } from './add-record.ts';
import { eventFingerprint, type EventBody } from './events.ts';
import { recordFingerprint, recordOf, version, type Made } from './record.ts';
import type { Server } from '../../context.ts';
import { invoices } from '#shared/invoices/schema.ts';

type Record = Parameters<typeof recordFingerprint>[0] & {
  Huella: string;
  Subsanacion?: string;
  RechazoPrevio?: string;
  SistemaInformatico: { NumeroInstalacion: string; Version: string };
};
type Row = ServerRow<'verifactuRecords'>;

const batch = 500;

/**
 * Compares the records for the tax office with their fingerprints, with each other and with their invoices, and the
 * events with theirs; none may be missing, not even the last.
 *
 * @throws Fault naming the first that is not as it was written
 */
export async function verifyVerifactu(server: Server): Promise<void> {
  const last = new Map<string, { body: string; fingerprint: string }>();
  let next = 1;
  for (;;) {
    const rows = await findRows(server.models.verifactuRecords, {
      where: { position: { [Op.gte]: next } },
      order: ['position'],
      limit: batch,
    });
    for (const row of rows) {
      if (row.position !== next) throw new Fault(`record ${next} for the tax office is missing`);
      await verifyRecord(server, row, last.get(row.environment) ?? null);
      last.set(row.environment, row);
      next += 1;
    }
    if (rows.length < batch) break;
  }
  if (next - 1 !== (await counted(server, 'verifactu')))
    throw new Fault(`record ${next} for the tax office is missing`);
  const [untold] = await server.db.query(
    `SELECT i.number FROM invoices i LEFT JOIN verifactu_records r ON r.invoice = i.id
      WHERE i.verify_url <> '' AND r.position IS NULL LIMIT 1`,
  );
  const [one] = untold as { number: string }[];
  if (one) throw new Fault(`${one.number}: the tax office was not told of it`);
  await verifyEvents(server);
}

/** A record is what would be made of its invoice today, at that place of the chain and at that moment. */
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
  // Another version of the program may have said it in other words.
  if (record.SistemaInformatico.Version !== version) return;
  const again: Made['again'] =
    record.Subsanacion === 'S' ? (record.RechazoPrevio === 'N' ? 'with errors' : 'refused') : null;
  const anew = recordOf({
    invoice,
    before: before && beforeOf(before),
    again,
    at: record.FechaHoraHusoGenRegistro,
    installation: record.SistemaInformatico.NumeroInstalacion,
  });
  if (JSON.stringify(anew) !== row.body) throw new Fault(`${number}: the tax office was told something else`);
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
  if (next - 1 !== (await counted(server, 'verifactu-event'))) throw new Fault(`event ${next} is missing`);
}

/** How many there were, by the counter that numbered them. */
async function counted(server: Server, name: string): Promise<number> {
  const counter = await findRow(server.models.counters, { where: { name } });
  return counter?.value ?? 0;
}
