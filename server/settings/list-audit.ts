import { Op } from 'sequelize';
import { addDays } from '#shared/billing/day.ts';
import { startOfDay } from '#shared/billing/period.ts';
import type { AuditQuery } from '#shared/settings/admin-input.ts';
import { containsIn } from '../database/contains.ts';
import type { ServerRow } from '../models/models.ts';
import { findRows } from '../models/rows.ts';
import { settings } from './settings.ts';
import type { Server } from '../context.ts';
import type { AuditLine } from '#shared/settings/api.ts';

const pageSize = 100;

/** Returns audit lines, newest first: the actor, the times of writing and receipt, the device, old and new values. */
export async function listAudit(server: Server, query: AuditQuery): Promise<{ lines: AuditLine[] }> {
  const { collection, actor, text, from, to, before } = query;
  const { timeZone } = await settings(server);
  const conditions = [
    // Who has read what is hardly ever asked for, and would fill the page.
    { collection: collection || { [Op.ne]: 'readReceipts' } },
    ...(actor ? [{ actor }] : []),
    ...(before === null ? [] : [{ id: { [Op.lt]: before } }]),
    ...(from ? [{ at: { [Op.gte]: startOfDay(from, timeZone) } }] : []),
    ...(to ? [{ at: { [Op.lt]: startOfDay(addDays(to, 1), timeZone) } }] : []),
    ...(text ? [containsIn(text, ['actorName', 'changes'], ['document', 'action'])] : []),
  ];
  const rows = await findRows(server.models.audit, {
    where: { [Op.and]: conditions },
    order: [['id', 'DESC']],
    limit: pageSize,
  });
  return { lines: rows.map(lineOf) };
}

function lineOf(row: ServerRow<'audit'>): AuditLine {
  const { id, at, writtenAt, actorName: actor, device, collection, document, action, changes } = row;
  return { id, at, writtenAt, actor, device, collection, document, action, changes };
}
