import { chargesDue, type Charge, type Held } from '#shared/billing/charges.ts';
import type { Day } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { LeaseLost, type Lease } from '../jobs/lease.ts';
import type { Progress } from '../jobs/runs.ts';
import { settings } from '../settings/settings.ts';
import { chargesMade, dueOfAll, startedOrders } from './billable.ts';
import { creditUnused } from './credit.ts';
import { issueInvoice } from './issue.ts';
import { ClockBehind } from './next-number.ts';
import { clientsWithAdjustments, adjustmentsFor } from './adjustments.ts';
import { notifyOfClock, notifyOfHeldOrders, notifyOfMissingDetails } from './alerts.ts';
import { type Server, transact, jobWriter } from '../context.ts';
import { people } from '#shared/people/schema.ts';

export type Made = { client: string; number: string | null; total: number; charges: Charge[] };
export type Report = {
  day: Day;
  invoices: Made[];
  held: Held[];
  /** Clients whose charges wait for their billing identity. */
  waiting: string[];
  failed: { client: string; error: string }[];
};

type Guard = { lease?: Lease; progress?: (at: Progress) => Promise<void> };

/**
 * Bills every order that is due on a day: all charges of a client on one invoice, one transaction a client, so that
 * one client's failure never stops another's. What is due is computed again inside each transaction, under a lock on
 * the client; the unique key of the charges forbids a double whatever happens here.
 *
 * @param day default: today in the provider's time zone
 * @throws Error for a day to come: next-run.ts says what a run would issue
 * @param guard of a run beside others on one database: what is written is checked against its lease
 */
export async function makeInvoices(server: Server, day?: Day, guard: Guard = {}): Promise<Report> {
  const { timeZone } = await settings(server);
  const today = dayOf(server.now(), timeZone);
  const until = day ?? today;
  if (until > today) throw new Error(`nothing is issued for ${until}, a day to come`);
  const { clients: due, held } = await dueOfAll(server, until);
  const report: Report = { day: until, invoices: [], held, waiting: [], failed: [] };
  const clients = new Set([...due, ...(await clientsWithAdjustments(server))]);
  let done = 0;
  for (const client of clients) {
    await guard.progress?.({ done: (done += 1), total: clients.size });
    try {
      const made = await billClient(server, client, { until, timeZone, lease: guard.lease });
      if (made === 'waiting') {
        report.waiting.push(client);
        await notifyOfMissingDetails(server, client, today);
      }
      if (made && made !== 'waiting') report.invoices.push(made);
    } catch (error) {
      server.log.error({ client, error }, 'a client could not be billed');
      if (error instanceof LeaseLost) throw error;
      if (error instanceof ClockBehind) await notifyOfClock(server, error);
      report.failed.push({ client, error: error instanceof Error ? error.message : String(error) });
    }
  }
  await notifyOfHeldOrders(server, held, today);
  return report;
}

async function billClient(
  server: Server,
  client: string,
  { until, timeZone, lease }: { until: Day; timeZone: string; lease: Lease | undefined },
): Promise<Made | 'waiting' | null> {
  const writer = jobWriter(server, 'make-invoices');
  const { result } = await transact(server, writer, async (tx) => {
    await lease?.check(tx.transaction);
    const person = await tx.load(people, client); // the lock that lines up two runs at one client
    if (!person) return null;
    const orders = await startedOrders(server, client, tx.transaction);
    const made = await chargesMade(server, client, tx.transaction);
    const { charges } = chargesDue(orders, made, until);
    const adjustments = await adjustmentsFor(tx, client, charges);
    if (charges.length + adjustments.length === 0) return null;
    if (!person.identity) return 'waiting' as const;
    const date = dayOf(tx.now, timeZone);
    const wanted = { person, identity: person.identity, orders, charges, adjustments, date };
    const invoice = await issueInvoice(tx, wanted);
    if (!invoice) return 'waiting' as const;
    // Charged only after its end (the run was late, or had to wait): what is not used goes back as at any cancellation.
    const late = orders.filter(({ id, status, chargedAt, history }) => {
      const end = history.at(-1)?.on ?? '';
      const isCharged = charges.some(({ order, to }) => order === id && to > end);
      return status === 'cancelled' && chargedAt === 'start' && isCharged;
    });
    for (const order of late) await creditUnused(tx, order);
    server.atStep('billing: invoice written, not committed');
    return { client, number: invoice.number, total: invoice.total, charges };
  });
  server.atStep('billing: committed');
  return result;
}
