import { QueryTypes } from 'sequelize';
import { collectionNames, collectionOf, type CollectionName, type Fields } from '#shared/collections.ts';
import { sameValue } from '#shared/engine/same-value.ts';
import type { Server } from '../server/context.ts';
import { findDocuments } from '#sync/server/row.ts';
import type { Restore } from './restore.ts';
import type { TimedMail } from './mail-server.ts';
import { divergences } from './truth-devices.ts';
import { emailsWrong, numberGaps } from './truth-emails.ts';
import { outOfOrder } from './truth-order.ts';
import { doublesOf, lossesOf } from './truth-writes.ts';
import type { Dump, DocumentRef, Written } from './wire.ts';

/** One line of the audit, with the columns used here. */
export type AuditLine = {
  device: string;
  collection: string;
  document: string;
  action: string;
  deviceTime: number;
  changes: Record<string, [from: unknown, to: unknown]>;
};
export type OutboxRow = {
  kind: string;
  document: string;
  dedupeKey: string;
  recipient: string;
  state: string;
  messageId: string;
  lastError: string | null;
};

/** Everything that the server holds, read directly from the database. */
export type Truth = {
  documents: Map<CollectionName, Map<string, Fields>>;
  audit: AuditLine[];
  emails: OutboxRow[];
  charges: { order: string; from: string; to: string }[];
};

/** What the devices and the mail server hold at the end of a run. */
export type RunResult = {
  ledger: readonly Written[];
  dumps: readonly Dump[];
  /** The device of each dump, in the same order. */
  devices: readonly string[];
  wiped: readonly (DocumentRef & { device: string })[];
  mails: readonly TimedMail[];
  restores: readonly Restore[];
};

/** Each entry describes one fault. */
export type Verdict = {
  lost: string[];
  doubled: string[];
  divergent: string[];
  numberGaps: string[];
  emailsWrong: string[];
  /** Inconsistencies among invoices and payments, as `npm run invoices:verify` finds them. */
  booksWrong: string[];
  wiped: number;
  refusedKept: number;
  /** Refusals counted by collection and reason. Many of one kind may point to a rule that people run into. */
  refusedFor: Record<string, number>;
  emailsHeld: number;
  documents: number;
};

export async function readTruth(server: Server): Promise<Truth> {
  const documents = new Map<CollectionName, Map<string, Fields>>();
  for (const name of collectionNames) {
    const found = (await findDocuments(server, collectionOf(name))) as Fields[];
    documents.set(name, new Map(found.map((each) => [each.id, each])));
  }
  const emails = await select<OutboxRow>(
    server,
    'SELECT kind, document, dedupe_key AS dedupeKey, recipient, state, message_id AS messageId, last_error AS lastError FROM outbox',
  );
  return {
    documents,
    audit: await auditOf(server),
    emails,
    charges: await select(
      server,
      'SELECT order_id AS `order`, from_day AS `from`, to_day AS `to` FROM charges',
    ),
  };
}

/** The audit, or its lines since a moment, in milliseconds since 1970. */
export async function auditOf(server: Server, since = 0): Promise<AuditLine[]> {
  const lines = await select<AuditLine & { deviceTime: string | number; changes: string }>(
    server,
    `SELECT device, collection, document, action, device_time AS deviceTime, changes FROM audit
     WHERE at >= ${since} ORDER BY id`,
  );
  return lines.map((line) => ({
    ...line,
    deviceTime: Number(line.deviceTime),
    changes: JSON.parse(line.changes) as AuditLine['changes'], // written by sync/server/audit.ts
  }));
}

function select<T extends object>(server: Server, sql: string): Promise<T[]> {
  return server.db.query<T>(sql, { type: QueryTypes.SELECT });
}

export function judge(truth: Truth, run: RunResult): Verdict {
  const { lost, wiped } = lossesOf(truth, run);
  return {
    lost: [...lost, ...outOfOrder(truth, run)],
    wiped,
    doubled: doublesOf(truth),
    divergent: divergences(truth, run),
    numberGaps: numberGaps(truth),
    emailsWrong: emailsWrong(truth, run),
    booksWrong: [],
    refusedKept: run.dumps.reduce((sum, { refusals }) => sum + refusals.length, 0),
    refusedFor: reasonsOf(run),
    emailsHeld: truth.emails.filter(({ state }) => state === 'held').length,
    documents: [...truth.documents.values()].reduce((sum, { size }) => sum + size, 0),
  };
}

function reasonsOf({ dumps }: RunResult): Record<string, number> {
  const reasons = dumps.flatMap(({ refusals }) =>
    refusals.map(({ collectionName, code, field }) => `${collectionName} ${code} ${field ?? ''}`.trim()),
  );
  const counted = [...Map.groupBy(reasons, (reason) => reason)].map(
    ([reason, { length }]) => [reason, length] as const,
  );
  return Object.fromEntries(counted.sort(([, a], [, b]) => b - a));
}

/**
 * Compares values regardless of key order, because the database may return the members of a structure in
 * another order.
 */
export const same = sameValue;
