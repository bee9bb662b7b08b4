import { Op, type Transaction } from 'sequelize';
import { daysBetween, type Day } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { Order } from '#shared/orders/schema.ts';
import type { Server } from '../context.ts';
import { toDocument } from '#sync/server/row.ts';
import { inTransactionAs, type Tx } from '#sync/server/transaction.ts';
import { queueEmailTo } from '../email/outbox.ts';
import { settings, type Settings } from '../settings/settings.ts';

export type Reminded = { reminded: number; suspended: number; failed: number };

const unpaid = ['unpaid', 'part paid'];

/**
 * Reminds of what is overdue and, where the settings say so, suspends its services. Each step once; of several missed
 * ones the latest. The clock of an invoice stands still until a mail server has taken the e-mail that it came with.
 *
 * @param day default: today in the provider's time zone
 */
export async function remindDue(server: Server, day?: Day): Promise<Reminded> {
  const provider = await settings(server);
  const today = day ?? dayOf(server.now(), provider.timeZone);
  const done: Reminded = { reminded: 0, suspended: 0, failed: 0 };
  const rows = await server.models.invoices.findAll({
    where: { status: unpaid, dueDate: { [Op.lt]: today } },
    attributes: ['id'],
    order: ['dueDate'],
    raw: true,
  });
  const isOver = provider.suspendAfterDays === 0 ? await lastReminded(server, provider) : new Set<string>();
  for (const { id } of rows as unknown as { id: string }[]) {
    if (isOver.has(id)) continue;
    try {
      const { reminded, suspended } = await process(server, id, { today, provider });
      done.reminded += reminded;
      done.suspended += suspended;
    } catch (error) {
      server.log.error({ invoice: id, error }, 'an overdue invoice could not be treated');
      done.failed += 1;
    }
  }
  return done;
}

/** The invoices that had their last reminder: where nothing is suspended there is nothing more to do for them. */
async function lastReminded(server: Server, { reminderDays }: Settings): Promise<Set<string>> {
  const rows = await server.models.outbox.findAll({
    where: { kind: 'invoice-reminder', step: { [Op.gte]: reminderDays.length } },
    attributes: ['document'],
    raw: true,
  });
  return new Set((rows as unknown as { document: string }[]).map(({ document }) => document));
}

/** One invoice in a unit of its own, as it stands under its lock. */
async function process(
  server: Server,
  id: string,
  { today, provider }: { today: Day; provider: Settings },
): Promise<{ reminded: number; suspended: number }> {
  const writer = { actor: null, device: 'reminders', writtenAt: server.now() };
  const { result } = await inTransactionAs(server, writer, async (tx) => {
    const invoice = await tx.load('invoices', id);
    if (!invoice || !unpaid.includes(invoice.status)) return { reminded: 0, suspended: 0 };
    const overdue = await daysOverdue(tx, invoice, { today, timeZone: provider.timeZone });
    if (overdue === null) return { reminded: 0, suspended: 0 };
    const step = provider.reminderDays.filter((days) => days <= overdue).length;
    const sent = await reminders(server, id, tx.transaction);
    // Who gets no e-mails is not reminded, and waited for no longer than that.
    const isDisabled = (await tx.load('people', invoice.client))?.status === 'disabled';
    if (!isDisabled && step > 0 && !sent.some((each) => each.step >= step)) {
      await queueEmailTo(tx, invoice.client, { kind: 'invoice-reminder', document: id, step });
      return { reminded: 1, suspended: 0 };
    }
    // Never before the last reminder, nor on its day.
    const last = sent.find((each) => each.step === provider.reminderDays.length);
    const hadTime =
      isDisabled || provider.reminderDays.length === 0 || (last && dayOf(last.at, provider.timeZone) < today);
    if (provider.suspendAfterDays === 0 || overdue < provider.suspendAfterDays || !hadTime)
      return { reminded: 0, suspended: 0 };
    return { reminded: 0, suspended: await suspend(tx, invoice, today) };
  });
  return result;
}

/** Days since an invoice was due, less those that its e-mail waited to be taken; null while it waits. */
async function daysOverdue(
  tx: Tx,
  { id, client, date, dueDate }: Invoice,
  { today, timeZone }: { today: Day; timeZone: string },
): Promise<number | null> {
  if (date === null || dueDate === null) return null;
  const row = await tx.server.models.outbox.findOne({
    where: { kind: 'invoice-issued', document: id, person: client },
    transaction: tx.transaction,
    raw: true,
  });
  const email = row as unknown as { state: string; sentAt: string | null } | null;
  if (email && email.sentAt === null) return null;
  const taken = email?.sentAt ? dayOf(Number(email.sentAt), timeZone) : date;
  return daysBetween(dueDate, today) - Math.max(daysBetween(date, taken), 0);
}

async function reminders(server: Server, document: string, transaction: Transaction) {
  const rows = await server.models.outbox.findAll({
    where: { kind: 'invoice-reminder', document },
    attributes: ['step', 'createdAt'],
    transaction,
    raw: true,
  });
  return (rows as unknown as { step: string; createdAt: string }[]).map(({ step, createdAt }) => {
    return { step: Number(step), at: Number(createdAt) };
  });
}

/** The running services of an overdue invoice, each once for it: one that an admin let run again goes on. */
async function suspend(tx: Tx, invoice: Invoice, today: Day): Promise<number> {
  let count = 0;
  for (const id of ordersOn(invoice)) {
    const order = await tx.load('orders', id);
    const already = order?.history.some(
      ({ cause, on }) => cause === 'non-payment' && invoice.dueDate !== null && on > invoice.dueDate,
    );
    if (order?.status !== 'active' || already) continue;
    const reason = invoice.number ?? '';
    const entry = {
      on: today,
      status: 'suspended' as const,
      reason,
      cause: 'non-payment' as const,
      at: tx.now,
    };
    await tx.update('orders', order, {
      ...{ status: 'suspended', reason, cause: 'non-payment', history: [...order.history, entry] },
    });
    count += 1;
  }
  return count;
}

/**
 * An invoice was paid: services that stand still because of it run again, unless another overdue one holds them. Any
 * other reason for a suspension stays. One that was only planned for it is planned no more.
 */
export async function liftSuspensions(tx: Tx, invoice: Invoice): Promise<void> {
  const { timeZone } = await settings(tx.server, tx.transaction);
  const today = dayOf(tx.now, timeZone);
  for (const id of ordersOn(invoice)) {
    const order = await tx.load('orders', id);
    const isStill = order?.status === 'suspended' && order.cause === 'non-payment';
    const willBe = order?.nextStatus?.cause === 'non-payment';
    if (!order || !(isStill || willBe)) continue;
    if (await isHeldByAnother(tx, order, { invoice: invoice.id, today })) continue;
    if (!isStill) {
      await tx.update('orders', order, { nextStatus: null });
      continue;
    }
    const entry = { on: today, status: 'active' as const, reason: invoice.number ?? '', at: tx.now };
    const running = { status: 'active' as const, reason: entry.reason, cause: null, nextStatus: null };
    await tx.update('orders', order, { ...running, history: [...order.history, entry] });
  }
}

async function isHeldByAnother(
  tx: Tx,
  order: Order,
  { invoice, today }: { invoice: string; today: Day },
): Promise<boolean> {
  const rows = await tx.server.models.invoices.findAll({
    where: { client: order.client, status: unpaid, dueDate: { [Op.lt]: today }, id: { [Op.ne]: invoice } },
    transaction: tx.transaction,
    raw: true,
  });
  return rows.map((row) => toDocument('invoices', row)).some((each) => ordersOn(each).includes(order.id));
}

function ordersOn({ lines }: Invoice): string[] {
  return [...new Set(lines.flatMap(({ order }) => (order ? [order] : [])))];
}
