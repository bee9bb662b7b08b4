import type { Transaction } from 'sequelize';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import { sameValue } from '#shared/engine/same-value.ts';
import type { AuditEntry, Change, Erasure, SyncServer, Tx, UnitRecord } from './context.ts';
import { aside } from './pending.ts';
import { insertRows, rawRows } from './row.ts';

/** The audit: who changed which field from which value to which, for every document that a transaction wrote. */

/** Adds the audit lines of a transaction. */
export async function writeAudit(
  server: SyncServer,
  transaction: Transaction,
  records: readonly UnitRecord[],
): Promise<void> {
  const rows = records.flatMap(linesOf);
  await insertRows(server, server.models.audit, rows, { transaction, ...aside });
}

function linesOf({ tx: { writer, now }, changes, notes }: UnitRecord): Record<string, unknown>[] {
  const entries = [...changes.map(entryOf), ...notes];
  // The first change of the pushed document is its writer's own. Hooks make the others.
  const pushed = entries.find(({ document }) => document === writer.document);
  return entries.map((each) => {
    const { changes: fields = {}, ...entry } = each;
    return {
      ...entry,
      at: now,
      writtenAt: writer.writtenAt,
      // Only the pushed change can be sent again, so only its line needs the device's time.
      deviceTime: each === pushed ? (writer.deviceTime ?? 0) : 0,
      writtenFields: each === pushed && writer.writtenFields ? JSON.stringify(writer.writtenFields) : null,
      actor: writer.actor?.id ?? null,
      actorName: writer.actor?.name ?? '',
      device: writer.device,
      changes: JSON.stringify(fields),
    };
  });
}

function entryOf({ collection, before, after, removed }: Change): AuditEntry {
  const fields = removed ? fieldsBetween(after, {}) : fieldsBetween(before, after);
  const unaudited = collection.unaudited ?? [];
  return {
    collection: collection.name,
    document: after.id,
    action: removed ? 'remove' : before ? 'update' : 'create',
    changes: Object.fromEntries(Object.entries(fields).filter(([field]) => !unaudited.includes(field))),
  };
}

/** Removes the values of a field of a document from all its audit lines. The lines stay. */
export async function eraseFromAudit({ server, transaction }: Tx, { collection, document, field }: Erasure) {
  const rows = await rawRows<{ id: number; changes: string }>(server.models.audit, {
    attributes: ['id', 'changes'],
    where: { collection, document },
    transaction,
  });
  for (const { id, changes } of rows) {
    const fields = JSON.parse(changes) as Record<string, unknown>; // written by writeAudit
    if (!Object.hasOwn(fields, field)) continue;
    const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== field));
    await server.models.audit.update({ changes: JSON.stringify(rest) }, { where: { id }, transaction });
  }
}

const technical = ['updatedAt', 'writtenAt', 'seq', 'recent'];

function fieldsBetween(
  before: Readonly<Record<string, unknown>> | null,
  after: Readonly<Record<string, unknown>>,
): Record<string, [from: unknown, to: unknown]> {
  return Object.fromEntries(
    Object.keys({ ...before, ...after })
      .filter((field) => !technical.includes(field))
      .filter((field) => !sameValue(before?.[field] ?? null, after[field] ?? null))
      .map((field) => [field, [before?.[field] ?? null, after[field] ?? null]]),
  );
}

/**
 * True if the same change was accepted before and only the response was lost. It must not be applied again, because that
 * could undo later changes by others. A device gives each change of a document its own time, by which it is recognized.
 */
export async function wasApplied(tx: Tx, collection: Collection, document: string): Promise<boolean> {
  const { device, deviceTime } = tx.writer;
  if (deviceTime === undefined) return false;
  const rows = await rawRows(tx.server.models.audit, {
    attributes: ['id'],
    where: { document, collection: collection.name, action: 'update', device, deviceTime },
    transaction: tx.transaction,
    limit: 1,
    ...aside,
  });
  return rows.length > 0;
}

/** A document as it was created, and the fields that its writer set at that time. */
export type CreatedState = { document: Record<string, unknown>; writtenFields: string[] };

/**
 * Loads the original state of a document that is pushed as new but already exists. This happens if the response to its
 * first push was lost; its writer may have changed it since. The audit holds the state that was accepted at that time.
 * Insert-only documents need no audit, because they never change.
 */
export async function loadAsCreated(tx: Tx, collection: Collection, current: Fields): Promise<CreatedState> {
  if (collection.insertOnly) return { document: current, writtenFields: [] };
  const [row] = await rawRows<{ changes: string; writtenFields: string | null }>(tx.server.models.audit, {
    where: { document: current.id, collection: collection.name, action: 'create' },
    transaction: tx.transaction,
    limit: 1,
    ...aside,
  });
  if (!row) return { document: current, writtenFields: [] };
  const { changes, writtenFields } = row;
  const created = JSON.parse(changes) as Record<string, [null, unknown]>; // written by writeAudit
  const values = Object.fromEntries(Object.entries(created).map(([field, [, to]]) => [field, to]));
  // The audit leaves out a field that was null or is unaudited.
  const unaudited = collection.unaudited ?? [];
  const rest = Object.entries(current).map(([field, value]): [string, unknown] => [
    field,
    unaudited.includes(field) ? value : null,
  ]);
  return {
    document: { ...Object.fromEntries(rest), ...values },
    writtenFields: writtenFields ? (JSON.parse(writtenFields) as string[]) : [],
  };
}
