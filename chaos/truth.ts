import { QueryTypes } from 'sequelize';
import { collectionNames, collectionOf, type CollectionName, type Fields } from '#shared/collections.ts';
import { sameValue } from '#shared/engine/same-value.ts';
import type { Server } from '../server/context.ts';
import { findDocuments } from '#sync/server/row.ts';
import type { Mail } from '../server/test/smtp.ts';
import { divergences } from './truth-devices.ts';
import { emailsWrong, numberGaps } from './truth-emails.ts';
import { outOfOrder } from './truth-order.ts';
import { doublesOf, lossesOf } from './truth-writes.ts';
import type { Dump, Named, Written } from './wire.ts';

/** One line of the audit, as far as it is asked here. */
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

/** All that the server has, read past its API. */
export type Truth = {
  documents: Map<CollectionName, Map<string, Fields>>;
  audit: AuditLine[];
  emails: OutboxRow[];
  charges: { order: string; from: string; to: string }[];
};

/** What devices and mail server know at the end. */
export type Seen = {
  ledger: readonly Written[];
  dumps: readonly Dump[];
  /** Which device each dump is of. */
  devices: readonly string[];
  wiped: readonly (Named & { device: string })[];
  mails: readonly Mail[];
};

/** Each entry is one fault, in words. */
export type Verdict = {
  lost: string[];
  doubled: string[];
  divergent: string[];
  numberGaps: string[];
  emailsWrong: string[];
  /** What was issued and paid, compared with itself as `npm run invoices:verify` does. */
  booksWrong: string[];
  wiped: number;
  refusedKept: number;
  /** The same by what was refused and why: most of one kind may be a rule that people run into. */
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
  const audit = await select<AuditLine & { deviceTime: string | number; changes: string }>(
    server,
    'SELECT device, collection, document, action, device_time AS deviceTime, changes FROM audit ORDER BY id',
  );
  const emails = await select<OutboxRow>(
    server,
    'SELECT kind, document, dedupe_key AS dedupeKey, recipient, state, message_id AS messageId, last_error AS lastError FROM outbox',
  );
  return {
    documents,
    audit: audit.map((line) => ({
      ...line,
      deviceTime: Number(line.deviceTime),
      changes: JSON.parse(line.changes) as AuditLine['changes'], // written by sync/server/audit.ts
    })),
    emails,
    charges: await select(
      server,
      'SELECT order_id AS `order`, from_day AS `from`, to_day AS `to` FROM charges',
    ),
  };
}

function select<T extends object>(server: Server, sql: string): Promise<T[]> {
  return server.db.query<T>(sql, { type: QueryTypes.SELECT });
}

export function judge(truth: Truth, seen: Seen): Verdict {
  const { lost, wiped } = lossesOf(truth, seen);
  return {
    lost: [...lost, ...outOfOrder(truth, seen)],
    wiped,
    doubled: doublesOf(truth),
    divergent: divergences(truth, seen),
    numberGaps: numberGaps(truth),
    emailsWrong: emailsWrong(truth, seen.mails),
    booksWrong: [],
    refusedKept: seen.dumps.reduce((sum, { refusals }) => sum + refusals.length, 0),
    refusedFor: reasonsOf(seen),
    emailsHeld: truth.emails.filter(({ state }) => state === 'held').length,
    documents: [...truth.documents.values()].reduce((sum, { size }) => sum + size, 0),
  };
}

function reasonsOf({ dumps }: Seen): Record<string, number> {
  const reasons = dumps.flatMap(({ refusals }) =>
    refusals.map(({ collectionName, code, field }) => `${collectionName} ${code} ${field ?? ''}`.trim()),
  );
  const counted = [...Map.groupBy(reasons, (reason) => reason)].map(
    ([reason, { length }]) => [reason, length] as const,
  );
  return Object.fromEntries(counted.sort(([, a], [, b]) => b - a));
}

/** The database may give the members of a structure in another order. */
export const same = sameValue;
