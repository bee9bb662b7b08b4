import { Op } from 'sequelize';
import { addDays } from '#shared/billing/day.ts';
import { startOfDay } from '#shared/billing/period.ts';
import type { AuditQuery } from '#shared/settings/admin-input.ts';
import { containsIn } from '../database/contains.ts';
import { settings } from './settings.ts';
import type { Server } from '../context.ts';
import type { AuditLine } from '#shared/settings/api.ts';

const pageSize = 100;

type Row = Omit<AuditLine, 'id' | 'at' | 'writtenAt' | 'actor' | 'changes'> & {
  id: string;
  at: string;
  writtenAt: string;
  actorName: string;
  changes: string;
};

/** Lines of the audit, newest first: who, when written and received, by which device, what from what to what. */
export async function listAudit(server: Server, wanted: AuditQuery): Promise<{ lines: AuditLine[] }> {
  const { collection, actor, text, from, to, before } = wanted;
  const { timeZone } = await settings(server);
  const conditions = [
    ...(collection ? [{ collection }] : []),
    ...(actor ? [{ actor }] : []),
    ...(before === null ? [] : [{ id: { [Op.lt]: before } }]),
    ...(from ? [{ at: { [Op.gte]: startOfDay(from, timeZone) } }] : []),
    ...(to ? [{ at: { [Op.lt]: startOfDay(addDays(to, 1), timeZone) } }] : []),
    ...(text ? [containsIn(text, ['actorName', 'changes'], ['document', 'action'])] : []),
  ];
  const rows = await server.models.audit.findAll({
    where: { [Op.and]: conditions },
    order: [['id', 'DESC']],
    limit: pageSize,
    raw: true,
  });
  return { lines: (rows as unknown as Row[]).map(lineOf) };
}

function lineOf({
  id,
  at,
  writtenAt,
  actorName,
  device,
  collection,
  document,
  action,
  changes,
}: Row): AuditLine {
  return {
    id: Number(id),
    at: Number(at),
    writtenAt: Number(writtenAt),
    actor: actorName,
    device,
    collection,
    document,
    action,
    changes: JSON.parse(changes) as AuditLine['changes'], // written by documents/unit.ts
  };
}
