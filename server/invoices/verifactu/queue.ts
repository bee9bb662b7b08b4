import { QueryTypes, type Transaction } from 'sequelize';
import { findRow } from '../../models/rows.ts';
import { settings } from '../../settings/settings.ts';
import type { Server } from '../../context.ts';

/** The most records that one message may contain. Source: Orden HAC/1177/2024, article 16. */
export const maxRecords = 1_000;

/**
 * State of the connection to the tax office: `until` when (ms) it must not be used, the number of `failures` in a row and
 * the `reason` of the last one, and how many records go in one message (`batch`).
 */
export type Line = { until: number; failures: number; reason: string; batch: number };

/** True if a record is waiting, there is a certificate, and the connection may be used. */
export async function recordsDue(server: Server): Promise<boolean> {
  if (!server.config.verifactu) return false;
  const { verifactu: environment } = await settings(server);
  if (environment === 'off' || (await lineOf(server)).until > server.now()) return false;
  return (await server.models.verifactuRecords.count({ where: { environment, state: 'waiting' } })) > 0;
}

/** The stored state of the connection, or its defaults. */
export async function lineOf(server: Server): Promise<Line> {
  const row = await findRow(server.models.settings, { where: { name: 'verifactu-line' } });
  const stored = (row?.value ?? {}) as Partial<Line>; // written by setLine
  return { until: 0, failures: 0, reason: '', batch: maxRecords, ...stored };
}

/** Stores the state of the connection. */
export async function setLine(server: Server, line: Line, transaction?: Transaction): Promise<void> {
  const row = { name: 'verifactu-line', value: JSON.stringify(line) };
  await server.models.settings.upsert(row, { transaction });
}

/** Number of records by state, in one environment. */
export async function recordCounts(server: Server, environment: string): Promise<Record<string, number>> {
  const rows = await server.db.query<{ state: string; n: string }>(
    'SELECT state, COUNT(*) AS n FROM verifactu_records WHERE environment = ? GROUP BY state',
    { replacements: [environment], type: QueryTypes.SELECT },
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)]));
}
