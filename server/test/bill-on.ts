import { startOfDay } from '#shared/billing/period.ts';
import type { Server } from '../context.ts';
import { makeInvoices, type Report } from '../invoices/make-invoices.ts';

/** Runs billing for a day: the server's clock shows ten in the morning of that day. */
export function billOn(
  server: Server,
  day: string,
  guard?: Parameters<typeof makeInvoices>[2],
): Promise<Report> {
  return makeInvoices(atDay(server, day), undefined, guard);
}

/** Returns the same server with its clock at ten in the morning of a day. */
export function atDay(server: Server, day: string): Server {
  const now = startOfDay(day, 'Europe/Madrid') + 10 * 3_600_000;
  return { ...server, now: () => now };
}
