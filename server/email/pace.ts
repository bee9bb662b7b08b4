import { QueryTypes } from 'sequelize';
import { causeOf, type Tx } from '../context.ts';

/** E-mails that one client may cause at once within an hour, and then one every so often. Nothing is lost. */
const perClient = { free: 60, everyMs: 60_000 };
/** Visitors have no account by which they could be told apart, so this is for each recipient. */
const perRecipient = { free: 10, everyMs: 6 * 60_000 };
const windowMs = 3_600_000;

export type Pace = { causedBy: string | null; earliest: number };

/** When an e-mail may be sent at the earliest, because of other e-mails that the same person caused lately. */
export async function paceOf(tx: Tx, recipient: string): Promise<Pace> {
  const causedBy = causeOf(tx.writer);
  if (causedBy === null) return { causedBy, earliest: 0 };
  const isVisitor = causedBy === 'visitors';
  const { free, everyMs } = isVisitor ? perRecipient : perClient;
  const [row] = await tx.server.db.query<{ n: string; last: string | null }>(
    `SELECT COUNT(*) AS n, MAX(earliest) AS last FROM outbox
     WHERE caused_by = ? AND created_at > ?${isVisitor ? ' AND recipient = ?' : ''}`,
    {
      replacements: [causedBy, tx.now - windowMs, ...(isVisitor ? [recipient] : [])],
      transaction: tx.transaction,
      type: QueryTypes.SELECT,
    },
  );
  const isFree = Number(row?.n ?? 0) < free;
  return { causedBy, earliest: isFree ? 0 : Math.max(tx.now, Number(row?.last ?? 0)) + everyMs };
}
