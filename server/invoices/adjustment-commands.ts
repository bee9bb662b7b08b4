import { isClient } from '#shared/people/role.ts';
import { DomainError } from '#shared/errors.ts';
import { findDocuments } from '#sync/server/row.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact, commandBy } from '../context.ts';
import { findRow, findRows } from '../models/rows.ts';
import { people } from '#shared/people/schema.ts';
import type { WaitingAdjustment } from '#shared/invoices/api.ts';
import type { NewAdjustment } from '#shared/invoices/billing-input.ts';
import type { Ok } from '#shared/ok.ts';

/** Lists the adjustments that are not invoiced yet, oldest first: added by hand, or caused by a change within a period. */
export async function listAdjustments(server: Server): Promise<WaitingAdjustment[]> {
  const rows = await findRows(server.models.adjustments, {
    where: { invoice: null },
    order: ['madeAt', 'id'],
  });
  const clients = await findDocuments(server, people, { where: { id: rows.map(({ client }) => client) } });
  const clientsById = new Map(clients.map((each) => [each.id, each]));
  return rows.map(({ id, client, text, amount, madeAt }) => {
    const { identity = null, displayName = '' } = clientsById.get(client) ?? {};
    const name = identity?.legalName ?? displayName;
    return { id, client, name, text, amount, madeAt };
  });
}

/**
 * Adds an amount to a client's next invoice as a line of its own. A negative amount reduces that invoice.
 *
 * @throws DomainError 'not-found' with the field
 */
export async function addAdjustment(
  server: Server,
  actor: Actor,
  { client, text, amount }: NewAdjustment,
): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const { transaction, now } = tx;
    const person = await tx.load(people, client);
    if (!isClient(person) || person.status === 'outside') throw new DomainError('not-found', 'client');
    const id = server.newId();
    await server.models.adjustments.create(
      { id, client, order: null, text, amount, invoice: null, madeAt: now, madeBy: actor.id },
      { transaction },
    );
    tx.note({
      collection: 'adjustments',
      document: id,
      action: 'create',
      changes: { client: [null, client], text: [null, text], amount: [null, amount] },
    });
  });
  return { ok: true };
}

/** Removes an adjustment. @throws DomainError 'not-found' if it is already on an invoice or does not exist */
export async function removeAdjustment(server: Server, actor: Actor, id: string): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const { transaction } = tx;
    const row = await findRow(server.models.adjustments, {
      where: { id, invoice: null },
      lock: transaction.LOCK.UPDATE,
      transaction,
    });
    if (!row) throw new DomainError('not-found', 'id');
    const { client, text, amount } = row;
    await server.models.adjustments.destroy({ where: { id, invoice: null }, transaction });
    tx.note({
      collection: 'adjustments',
      document: id,
      action: 'remove',
      changes: { client: [client, null], text: [text, null], amount: [amount, null] },
    });
  });
  return { ok: true };
}
