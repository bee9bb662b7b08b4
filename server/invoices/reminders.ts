import { Op, type Transaction } from 'sequelize';
import { daysBetween, type Day } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { findDocuments, findIds } from '#sync/server/row.ts';
import { moveTo } from '#shared/orders/status.ts';
import type { EmailPayloads } from '../email/outbox.ts';
import { findRow, findRows } from '../models/rows.ts';
import { notify } from '../people/notify.ts';
import { settings, type Settings } from '../settings/settings.ts';
import { type Server, transact, type Tx, jobWriter } from '../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';
import { type Order, orders } from '#shared/orders/schema.ts';
import { people } from '#shared/people/schema.ts';

export type ReminderResult = { reminded: number; suspended: number; failed: number };

const unpaid = ['unpaid', 'part paid'];

/**
 * Reminds clients of overdue invoices and, if the settings say so, suspends their services. Each reminder is sent once.
 * If several were missed, only the latest is sent. The overdue days of an invoice do not count until a mail server has
 * accepted the e-mail with the invoice.
 *
 * @param day default: today in the provider's time zone
 */
export async function remindDue(server: Server, day?: Day): Promise<ReminderResult> {
  const provider = await settings(server);
  const today = day ?? dayOf(server.now(), provider.timeZone);
  const counts: ReminderResult = { reminded: 0, suspended: 0, failed: 0 };
  const ids = await findIds(server, invoices, {
    where: { status: unpaid, dueDate: { [Op.lt]: today } },
    order: ['dueDate'],
  });
  const finished = provider.suspendAfterDays === 0 ? await lastReminded(server, provider) : new Set<string>();
  for (const id of ids) {
    if (finished.has(id)) continue;
    try {
      const { reminded, suspended } = await remind(server, id, { today, provider });
      counts.reminded += reminded;
      counts.suspended += suspended;
    } catch (error) {
      server.log.error({ invoice: id, error }, 'an overdue invoice could not be processed');
      counts.failed += 1;
    }
  }
  return counts;
}

/** Ids of the invoices that had their last reminder. If suspension is off, nothing more is done for them. */
async function lastReminded(server: Server, { reminderDays }: Settings): Promise<Set<string>> {
  const last = stepEvent(reminderDays.length);
  const rows = await findRows(server.models.outbox, {
    where: { kind: 'invoice-reminder', dedupeKey: { [Op.like]: `invoice-reminder % ${last}` } },
    attributes: ['document'],
  });
  return new Set(rows.map(({ document }) => document));
}

const stepEvent = (step: number) => `reminder ${step}`;

/** Processes one invoice in a transaction of its own, under a lock. */
async function remind(
  server: Server,
  id: string,
  { today, provider }: { today: Day; provider: Settings },
): Promise<{ reminded: number; suspended: number }> {
  const writer = jobWriter(server, 'reminders');
  const { result } = await transact(server, writer, async (tx) => {
    const invoice = await tx.load(invoices, id);
    if (!invoice || !unpaid.includes(invoice.status)) return { reminded: 0, suspended: 0 };
    const overdue = await daysOverdue(tx, invoice, { today, timeZone: provider.timeZone });
    if (overdue === null) return { reminded: 0, suspended: 0 };
    const step = provider.reminderDays.filter((days) => days <= overdue).length;
    const sent = await reminders(server, id, tx.transaction);
    // A disabled person gets no e-mails, so there is no reminder to wait for before suspending.
    const isDisabled = (await tx.read(people, invoice.client))?.status === 'disabled';
    if (!isDisabled && step > 0 && !sent.some((each) => each.step >= step)) {
      const email = { document: id, event: stepEvent(step), payload: { invoice: id, step } };
      await notify(tx, invoice.client, { kind: 'invoice-reminder', ...email });
      return { reminded: 1, suspended: 0 };
    }
    // Never suspend before the last reminder, or on the same day.
    const last = sent.find((each) => each.step === provider.reminderDays.length);
    const mayBeSuspended =
      isDisabled || provider.reminderDays.length === 0 || (last && dayOf(last.at, provider.timeZone) < today);
    if (provider.suspendAfterDays === 0 || overdue < provider.suspendAfterDays || !mayBeSuspended)
      return { reminded: 0, suspended: 0 };
    return { reminded: 0, suspended: await suspend(tx, invoice, today) };
  });
  return result;
}

/**
 * Days since the due date. The time in which a mail server did not accept the invoice's e-mail does not count; if somebody
 * cancelled it, the client counts as told from that day. Null: it is unsent, or the invoice is a draft.
 */
async function daysOverdue(
  tx: Tx,
  { id, client, date, dueDate }: Invoice,
  { today, timeZone }: { today: Day; timeZone: string },
): Promise<number | null> {
  if (date === null || dueDate === null) return null;
  const email = await findRow(tx.server.models.outbox, {
    where: { kind: 'invoice-issued', document: id, person: client },
    transaction: tx.transaction,
  });
  const toldAt = email?.sentAt ?? (email?.state === 'cancelled' ? email.notBefore : null);
  if (email && toldAt === null) return null;
  const acceptedOn = toldAt === null ? date : dayOf(toldAt, timeZone);
  return daysBetween(dueDate, today) - Math.max(daysBetween(date, acceptedOn), 0);
}

async function reminders(server: Server, document: string, transaction: Transaction) {
  const where = { kind: 'invoice-reminder', document };
  const rows = await findRows(server.models.outbox, { where, transaction });
  return rows.map(({ payload, createdAt: at }) => {
    const { step } = payload as EmailPayloads['invoice-reminder']; // stored by remind
    return { step, at };
  });
}

/** Suspends the active services of an overdue invoice. A service that an admin reactivated is not suspended again for it. */
async function suspend(tx: Tx, invoice: Invoice, today: Day): Promise<number> {
  let count = 0;
  for (const id of ordersOn(invoice)) {
    const order = await tx.load(orders, id);
    const wasSuspended = order?.history.some(
      ({ cause, on }) => cause === 'non-payment' && invoice.dueDate !== null && on > invoice.dueDate,
    );
    if (order?.status !== 'active' || wasSuspended) continue;
    const details = { reason: invoice.number ?? '', cause: 'non-payment' as const };
    const suspended = moveTo(order, 'suspended', { on: today, at: tx.now, ...details });
    // What an admin has scheduled for another reason still happens on its day.
    await tx.update(orders, order, { ...suspended, nextStatus: order.nextStatus });
    count += 1;
  }
  return count;
}

/**
 * Reactivates services that were suspended for non-payment when an invoice is no longer owed, unless another overdue
 * invoice includes them. A suspension for non-payment that is still scheduled is cancelled. Suspensions for other reasons
 * stay.
 */
export async function liftSuspensions(tx: Tx, invoice: Invoice): Promise<void> {
  const { timeZone } = await settings(tx.server, tx.transaction);
  const today = dayOf(tx.now, timeZone);
  for (const id of ordersOn(invoice)) {
    const order = await tx.load(orders, id);
    const isSuspended = order?.status === 'suspended' && order.cause === 'non-payment';
    const isScheduled = order?.nextStatus?.cause === 'non-payment';
    if (!order || !(isSuspended || isScheduled)) continue;
    if (await isHeldByAnother(tx, order, { invoice: invoice.id, today })) continue;
    if (!isSuspended) {
      await tx.update(orders, order, { nextStatus: null });
      continue;
    }
    const details = { reason: invoice.number ?? '', cause: null };
    await tx.update(orders, order, moveTo(order, 'active', { on: today, at: tx.now, ...details }));
  }
}

async function isHeldByAnother(
  tx: Tx,
  order: Order,
  { invoice, today }: { invoice: string; today: Day },
): Promise<boolean> {
  const others = await findDocuments(tx.server, invoices, {
    where: { client: order.client, status: unpaid, dueDate: { [Op.lt]: today }, id: { [Op.ne]: invoice } },
    transaction: tx.transaction,
  });
  return others.some((each) => ordersOn(each).includes(order.id));
}

function ordersOn({ lines }: Invoice): string[] {
  return [...new Set(lines.flatMap(({ order }) => (order ? [order] : [])))];
}
