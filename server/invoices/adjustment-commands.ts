import { DomainError } from '#shared/errors.ts';
import { toDocument } from '#sync/server/row.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact, commandBy } from '../context.ts';
import { people } from '#shared/people/schema.ts';
import type { WaitingAdjustment } from '#shared/invoices/api.ts';
import type { NewAdjustment } from '#shared/invoices/billing-input.ts';
import type { Ok } from '#shared/ok.ts';

/** The adjustments that wait for an invoice, oldest first: by hand, or of a service that was changed within its period. */
export async function listAdjustments(server: Server): Promise<WaitingAdjustment[]> {
  const found = await server.models.adjustments.findAll({
    where: { invoice: null },
    order: ['madeAt', 'id'],
    raw: true,
  });
  const rows = found as unknown as (Omit<WaitingAdjustment, 'name'> & { madeAt: string })[];
  const people = await server.models.people.findAll({
    where: { id: rows.map(({ client }) => client) },
    raw: true,
  });
  const persons = new Map(people.map((row) => toDocument(people, row)).map((each) => [each.id, each]));
  return rows.map(({ id, client, text, amount, madeAt }) => {
    const { identity = null, displayName = '' } = persons.get(client) ?? {};
    const name = identity?.legalName ?? displayName;
    return { id, client, name, text, amount: Number(amount), madeAt: Number(madeAt) };
  });
}

/**
 * An amount that goes on a client's next invoice as a line of its own, or off it (negative).
 *
 * @throws DomainError 'not-found' naming the field
 */
export async function addAdjustment(
  server: Server,
  actor: Actor,
  { client, text, amount }: NewAdjustment,
): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const { transaction, now } = tx;
    const person = await tx.load(people, client);
    if (person?.role !== 'client' || person.status === 'outside')
      throw new DomainError('not-found', 'client');
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

/** @throws DomainError 'not-found' where it is on an invoice already, or was never there */
export async function removeAdjustment(server: Server, actor: Actor, id: string): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const { transaction } = tx;
    const row = await server.models.adjustments.findOne({
      where: { id, invoice: null },
      lock: transaction.LOCK.UPDATE,
      transaction,
      raw: true,
    });
    if (!row) throw new DomainError('not-found', 'id');
    const { client, text, amount } = row as unknown as NewAdjustment;
    await server.models.adjustments.destroy({ where: { id, invoice: null }, transaction });
    tx.note({
      collection: 'adjustments',
      document: id,
      action: 'remove',
      changes: { client: [client, null], text: [text, null], amount: [Number(amount), null] },
    });
  });
  return { ok: true };
}
