import { QueryTypes } from 'sequelize';
import { aside } from '#sync/server/pending.ts';
import { perTransaction } from '#sync/server/per-transaction.ts';
import { causeOf, type Tx } from '../context.ts';

/** E-mails that one client may cause at once within an hour, and then one every so often. Nothing is lost. */
const perClient = { free: 60, everyMs: 60_000 };
/** Visitors have no account by which they could be told apart, so this is for each recipient. */
const perRecipient = { free: 10, everyMs: 6 * 60_000 };
const windowMs = 3_600_000;

export type Pace = { causedBy: string | null; earliest: number };

/** The e-mails that a client, or all visitors to a recipient, caused lately: how many, and when the last may be sent. */
type Caused = { count: number; last: number };
const causedIn = perTransaction(() => new Map<string, Caused>());

/** When an e-mail may be sent at the earliest, because of other e-mails that the same person caused lately. */
export async function paceOf(tx: Tx, recipient: string): Promise<Pace> {
  const causedBy = causeOf(tx.writer);
  if (causedBy === null) return { causedBy, earliest: 0 };
  const isVisitor = causedBy === 'visitors';
  const { free, everyMs } = isVisitor ? perRecipient : perClient;
  const known = causedIn(tx.transaction);
  const key = isVisitor ? `${causedBy} ${recipient}` : causedBy;
  const caused = known.get(key) ?? (await causedLately(tx, causedBy, isVisitor ? recipient : null));
  const earliest = caused.count < free ? 0 : Math.max(tx.now, caused.last) + everyMs;
  known.set(key, { count: caused.count + 1, last: Math.max(caused.last, earliest) });
  return { causedBy, earliest };
}

async function causedLately(tx: Tx, causedBy: string, recipient: string | null): Promise<Caused> {
  const [row] = await tx.server.db.query<{ n: string; last: string | null }>(
    `SELECT COUNT(*) AS n, MAX(earliest) AS last FROM outbox
     WHERE caused_by = ? AND created_at > ?${recipient === null ? '' : ' AND recipient = ?'}`,
    {
      replacements: [causedBy, tx.now - windowMs, ...(recipient === null ? [] : [recipient])],
      transaction: tx.transaction,
      type: QueryTypes.SELECT,
      ...aside,
    },
  );
  return { count: Number(row?.n ?? 0), last: Number(row?.last ?? 0) };
}
