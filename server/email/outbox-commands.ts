import { Op, QueryTypes } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import type { OutboxChange, OutboxQuery } from '#shared/settings/admin-input.ts';
import { containsIn } from '../database/contains.ts';
import { pauseOf, resumeMail } from './pause.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact, type Tx, commandBy } from '../context.ts';
import type { ServerRow } from '../models/models.ts';
import { findRow, findRows } from '../models/rows.ts';
import type { Ok } from '#shared/ok.ts';
import type { OutboxList, OutboxRow } from '#shared/settings/api.ts';

/** The admin's commands for the outbox. They never return the text of an e-mail, which can have a link to an account. */

const pageSize = 100;

/** Lists e-mails of the outbox, newest first, with the count of each state and the current pause. */
export async function listOutbox(server: Server, { state, text, before }: OutboxQuery): Promise<OutboxList> {
  const where = {
    ...(state ? { state } : {}),
    ...(before === null ? {} : { id: { [Op.lt]: before } }),
    ...(text ? containsIn(text, ['recipient'], ['kind']) : {}),
  };
  const rows = await findRows(server.models.outbox, {
    where,
    order: [['id', 'DESC']], // UUIDv7: newest first
    limit: pageSize,
  });
  const counts = await server.db.query<{ state: string; n: string }>(
    'SELECT state, COUNT(*) AS n FROM outbox GROUP BY state',
    { type: QueryTypes.SELECT },
  );
  return {
    emails: rows.map(emailRow),
    counts: Object.fromEntries(counts.map(({ state: name, n }) => [name, Number(n)])),
    paused: await pauseOf(server),
  };
}

function emailRow(row: ServerRow<'outbox'>): OutboxRow {
  const { id, kind, recipient, state, attempts, notBefore, createdAt, sentAt, lastError } = row;
  return { id, kind, recipient, state, attempts, notBefore, createdAt, sentAt, lastError };
}

/** The states from which each action is possible. An e-mail that is being sent cannot be changed. */
const allowedStates: Record<OutboxChange['action'], string[]> = {
  hold: ['scheduled'],
  retry: ['held', 'scheduled', 'failed', 'cancelled'],
  cancel: ['held', 'scheduled', 'failed'],
};

/**
 * Holds, retries or cancels an e-mail of the outbox.
 *
 * @throws DomainError 'invalid' if the e-mail of an invoice is cancelled without a reason; 'illegal-move' if the state of
 *   the e-mail does not (or no longer) allow the action
 */
export async function changeQueuedEmail(
  server: Server,
  actor: Actor,
  { id, action, reason = '' }: OutboxChange,
): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const where = { id, state: allowedStates[action] };
    const isInvoice = action === 'cancel' && (await isOfInvoice(tx, id));
    if (isInvoice && reason.trim() === '') throw new DomainError('invalid', 'reason', 'empty');
    const values = {
      hold: { state: 'held', heldBy: actor.id },
      retry: { state: 'scheduled', heldBy: null, notBefore: tx.now },
      // From this moment the client of an invoice counts as told (reminders.ts).
      cancel: { state: 'cancelled', heldBy: null, notBefore: tx.now, lastError: reason || null },
    }[action];
    const [changed] = await server.models.outbox.update(values, {
      where,
      transaction: tx.transaction,
    });
    if (changed === 0) throw new DomainError('illegal-move', 'state');
    tx.note({
      collection: 'outbox',
      document: id,
      action,
      ...(reason ? { changes: { reason: [null, reason] } } : {}),
    });
  });
  return { ok: true };
}

/** True if the e-mail tells a client of an invoice. */
async function isOfInvoice({ server, transaction }: Tx, id: string): Promise<boolean> {
  const row = await findRow(server.models.outbox, { where: { id }, attributes: ['kind'], transaction });
  return row?.kind === 'invoice-issued';
}

/** Ends the pause of the outbox. */
export async function resumeOutbox(server: Server, actor: Actor): Promise<Ok> {
  await transact(server, commandBy(server, actor), (tx) => {
    tx.note({ collection: 'outbox', document: 'pause', action: 'resume' });
    return Promise.resolve();
  });
  await resumeMail(server);
  return { ok: true };
}
