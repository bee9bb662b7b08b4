import { findRows } from '../../models/rows.ts';
import { settings } from '../../settings/settings.ts';
import { resend } from './add-record.ts';
import { lineOf, recordCounts } from './queue.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact, commandBy } from '../../context.ts';
import type { VerifactuState } from '#shared/invoices/api.ts';
import type { Ok } from '#shared/ok.ts';

const maxRows = 30;

/** The state of the records for the tax office: counts by state, refused records with their reasons, and latest events. */
export async function verifactuState(server: Server): Promise<VerifactuState> {
  const { verifactu: environment } = await settings(server);
  const [counts, line] = await Promise.all([recordCounts(server, environment), lineOf(server)]);
  const [refused] = await server.db.query(
    `SELECT r.position, i.number, r.state, r.answer FROM verifactu_records r JOIN invoices i ON i.id = r.invoice
      WHERE r.environment = ? AND r.state IN ('refused', 'with errors') ORDER BY r.position LIMIT ${maxRows}`,
    { replacements: [environment] },
  );
  const events = await findRows(server.models.verifactuEvents, {
    order: [['position', 'DESC']],
    limit: maxRows,
    attributes: ['at', 'detail'],
  });
  return {
    environment,
    counts,
    hasCertificate: server.config.verifactu !== null,
    line: line.failures > 0 ? { until: line.until, reason: line.reason } : null,
    refused: (
      refused as { position: string; number: string; state: 'refused' | 'with errors'; answer: string }[]
    ).map((row) => ({
      ...row,
      position: Number(row.position),
    })),
    events: events.map(({ at, detail }) => ({ at, detail })),
  };
}

/** Sends a record again. @throws DomainError 'not-found' */
export async function resendRecord(server: Server, actor: Actor, position: number): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    await resend(tx, position);
    tx.note({ collection: 'verifactu', document: String(position), action: 'resend-record' });
  });
  return { ok: true };
}
