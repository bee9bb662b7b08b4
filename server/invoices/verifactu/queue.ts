import { QueryTypes, type Transaction } from 'sequelize';
import { findRow } from '../../models/rows.ts';
import { settings } from '../../settings/settings.ts';
import type { Server } from '../../context.ts';

/** The most that one message may hold. Source: Orden HAC/1177/2024, article 16. */
export const most = 1_000;

/** How the line to the tax office stands: when it may be used again, why it could not be the last times, how much at once. */
export type Line = { until: number; failures: number; reason: string; batch: number };

/** True where a record waits, there is a certificate, and the line may be used. */
export async function recordsDue(server: Server): Promise<boolean> {
  if (!server.config.verifactu) return false;
  const { verifactu: environment } = await settings(server);
  if (environment === 'off' || (await lineOf(server)).until > server.now()) return false;
  return (await server.models.verifactuRecords.count({ where: { environment, state: 'waiting' } })) > 0;
}

export async function lineOf(server: Server): Promise<Line> {
  const row = await findRow(server.models.settings, { where: { name: 'verifactu-line' } });
  const kept = (row?.value ?? {}) as Partial<Line>; // written below
  return { until: 0, failures: 0, reason: '', batch: most, ...kept };
}

export async function setLine(server: Server, line: Line, transaction?: Transaction): Promise<void> {
  const row = { name: 'verifactu-line', value: JSON.stringify(line) };
  await server.models.settings.upsert(row, { transaction });
}

/** How many records are in each state, in an environment. */
export async function recordCounts(server: Server, environment: string): Promise<Record<string, number>> {
  const rows = await server.db.query<{ state: string; n: string }>(
    'SELECT state, COUNT(*) AS n FROM verifactu_records WHERE environment = ? GROUP BY state',
    { replacements: [environment], type: QueryTypes.SELECT },
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)]));
}
