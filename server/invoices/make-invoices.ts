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
import { clientsWithAdjustments, adjustmentsFor } from './waiting-adjustments.ts';
import { notifyOfClock, notifyOfHeldOrders, notifyOfMissingDetails, notifyOfUnprintable } from './alerts.ts';
import { Unprintable } from './pdf/check-printable.ts';
import { type Server, transact, jobWriter } from '../context.ts';
import { people } from '#shared/people/schema.ts';

export type BilledClient = { client: string; number: string | null; total: number; charges: Charge[] };
export type Report = {
  day: Day;
  invoices: BilledClient[];
  held: Held[];
  /** Ids of clients whose charges wait for a billing identity. */
  waiting: string[];
  failed: { client: string; error: string }[];
};

type RunGuard = { lease?: Lease; progress?: (at: Progress) => Promise<void> };

/**
 * Bills every order that is due on a day. All charges of a client go on one invoice, in one transaction per client, so
 * that a failure for one client does not stop the others. Each transaction locks the client and computes again what is
 * due, which prevents double billing. As a last guard, the unique key of the charges (order, first day) stops a second
 * charge with the same first day.
 *
 * @param day default: today in the provider's time zone
 * @param guard if other servers share the database: every transaction checks that the lease is still held
 * @throws Error for a future day; next-run.ts shows what a run on that day would issue
 */
export async function makeInvoices(server: Server, day?: Day, guard: RunGuard = {}): Promise<Report> {
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
      const result = await billClient(server, client, { until, timeZone, lease: guard.lease });
      if (result === 'waiting') {
        report.waiting.push(client);
        await notifyOfMissingDetails(server, client, today);
      }
      if (result && result !== 'waiting') report.invoices.push(result);
    } catch (error) {
      server.log.error({ client, error }, 'a client could not be billed');
      if (error instanceof LeaseLost) throw error;
      if (error instanceof ClockBehind) await notifyOfClock(server, error);
      if (error instanceof Unprintable) await notifyOfUnprintable(server, client, { refusal: error, today });
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
): Promise<BilledClient | 'waiting' | null> {
  const writer = jobWriter(server, 'make-invoices');
  const { result } = await transact(server, writer, async (tx) => {
    await lease?.check(tx.transaction);
    const person = await tx.load(people, client); // this lock serializes two runs for the same client
    if (!person) return null;
    const orders = await startedOrders(server, client, tx.transaction);
    const existing = await chargesMade(server, client, tx.transaction);
    const { charges } = chargesDue(orders, existing, until);
    const adjustments = await adjustmentsFor(tx, client, charges);
    if (charges.length + adjustments.length === 0) return null;
    if (!person.identity) return 'waiting' as const;
    const date = dayOf(tx.now, timeZone);
    const options = { person, identity: person.identity, orders, charges, adjustments, date };
    const invoice = await issueInvoice(tx, options);
    if (!invoice) return 'waiting' as const;
    // A late run may charge an order that has ended meanwhile. Its unused days are credited, as at any cancellation.
    const endedBefore = orders.filter(({ id, status, chargedAt, history }) => {
      const end = history.at(-1)?.on ?? '';
      const isCharged = charges.some(({ order, to }) => order === id && to > end);
      return status === 'cancelled' && chargedAt === 'start' && isCharged;
    });
    for (const order of endedBefore) await creditUnused(tx, order);
    server.atStep('billing: invoice written, not committed');
    return { client, number: invoice.number, total: invoice.total, charges };
  });
  server.atStep('billing: committed');
  return result;
}
