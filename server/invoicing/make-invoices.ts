import { Op, type Transaction } from 'sequelize';
import { chargesDue, type Charge, type Held, type MadeCharge } from '#shared/billing/charges.ts';
import { type Day } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import type { Order } from '#shared/collections/orders.ts';
import type { Server } from '../context.ts';
import { inUnit } from '../documents/unit.ts';
import { toDocument } from '../documents/row.ts';
import { atStep } from '../jobs/step.ts';
import { settings } from '../provider/settings.ts';
import { ClockBehind, issueInvoice } from './issue.ts';
import { tellOfClock, tellOfHeld, tellOfMissing } from './alerts.ts';

export type Made = { client: string; number: string | null; total: number; charges: Charge[] };
export type Report = {
  day: Day;
  /** A run for a day to come changes nothing. */
  preview: boolean;
  invoices: Made[];
  held: Held[];
  /** Clients whose charges wait for their billing identity. */
  waiting: string[];
  failed: { client: string; error: string }[];
};

/**
 * Bills every order that is due on a day: all charges of a client on one invoice, one transaction a client, so that
 * one client's failure never stops another's. What is due is computed again inside each transaction, under a lock on
 * the client; the unique key of the charges forbids a double whatever happens here.
 *
 * @param day default: today in the provider's time zone
 */
export async function makeInvoices(server: Server, day?: Day): Promise<Report> {
  const { timeZone } = await settings(server);
  const today = dayOf(server.now(), timeZone);
  const until = day ?? today;
  const preview = until > today && !server.testDatabase;
  const { charges, held } = chargesDue(await ordersOf(server), await chargesMade(server), until);
  const report: Report = { day: until, preview, invoices: [], held, waiting: [], failed: [] };
  for (const [client, due] of Map.groupBy(charges, (charge) => charge.client)) {
    const net = due.reduce((sum, charge) => sum + charge.amount, 0);
    if (preview) {
      report.invoices.push({ client, number: null, total: net, charges: due });
      continue;
    }
    try {
      const made = await billClient(server, client, { until, timeZone });
      if (made === 'waiting') {
        report.waiting.push(client);
        await tellOfMissing(server, client, today);
      }
      if (made && made !== 'waiting') report.invoices.push(made);
    } catch (error) {
      server.log.error({ client, error }, 'a client could not be billed');
      if (error instanceof ClockBehind) await tellOfClock(server, error);
      report.failed.push({ client, error: error instanceof Error ? error.message : String(error) });
    }
  }
  if (!preview) await tellOfHeld(server, held, today);
  return report;
}

async function billClient(
  server: Server,
  client: string,
  { until, timeZone }: { until: Day; timeZone: string },
): Promise<Made | 'waiting' | null> {
  const writer = { actor: null, device: 'make-invoices', writtenAt: server.now() };
  const { result } = await inUnit(server, writer, async (unit) => {
    const person = await unit.load('people', client); // the lock that lines up two runs at one client
    if (!person) return null;
    const orders = await ordersOf(server, client, unit.transaction);
    const made = await chargesMade(server, client, unit.transaction);
    const { charges } = chargesDue(orders, made, until);
    if (charges.length === 0) return null;
    if (!person.identity) return 'waiting' as const;
    const date = server.testDatabase ? until : dayOf(unit.now, timeZone);
    const invoice = await issueInvoice(unit, { person, identity: person.identity, orders, charges, date });
    atStep('billing: invoice written, not committed');
    return { client, number: invoice.number, total: invoice.total, charges };
  });
  atStep('billing: committed');
  return result;
}

async function ordersOf(server: Server, client?: string, transaction?: Transaction): Promise<Order[]> {
  const rows = await server.models.orders.findAll({
    where: { anchor: { [Op.ne]: null }, ...(client ? { client } : {}) },
    order: ['number'],
    raw: true,
    ...(transaction ? { transaction } : {}),
  });
  return rows.map((row) => toDocument('orders', row));
}

async function chargesMade(
  server: Server,
  client?: string,
  transaction?: Transaction,
): Promise<MadeCharge[]> {
  const [rows] = await server.db.query(
    `SELECT c.order_id AS \`order\`, c.from_day AS \`from\`, c.to_day AS \`to\` FROM charges c
     ${client ? 'JOIN orders o ON o.id = c.order_id WHERE o.client = ?' : ''}`,
    { replacements: client ? [client] : [], ...(transaction ? { transaction } : {}) },
  );
  return rows as MadeCharge[]; // the columns selected above
}
