import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { chargesDue, type BillableOrder } from '#shared/billing/charges.ts';
import type { Day } from '#shared/billing/day.ts';
import { day, filledLine, minor } from '#shared/engine/field.ts';
import { alignments, billingPeriods, chargedAts } from '#shared/billing/billing-period.ts';

/** An order in a file. Amounts are net, in minor units. Of prices on the same day, the last one counts. */
const orderInFile = z.strictObject({
  id: filledLine(100),
  client: filledLine(100),
  currency: filledLine(3),
  period: z.enum(billingPeriods),
  chargedAt: z.enum(chargedAts),
  anchor: day(),
  prices: z.array(z.strictObject({ from: day(), amount: minor().check(z.minimum(0)) })).check(z.minLength(1)),
  history: z.array(z.strictObject({ on: day(), status: z.enum(['active', 'suspended', 'cancelled']) })),
});
const file = z.strictObject({
  alignment: z.enum(alignments),
  orders: z.array(orderInFile),
  charges: z.array(z.strictObject({ order: filledLine(100), from: day(), to: day() })),
});

export type FilePreview = {
  charges: {
    order: string;
    client: string;
    from: Day;
    to: Day;
    amount: number;
    currency: string;
    due: Day;
  }[];
  held: { order: string; reason: 'too-many-charges' }[];
};

/**
 * Computes what a run on the day `until` would charge for the orders in a file.
 *
 * @throws Error with the name of the invalid field
 */
export function previewFile(path: string, until: Day): FilePreview {
  const { alignment, orders, charges: existing } = readOrders(path);
  const currencies = new Map(orders.map(({ id, currency }) => [id, currency]));
  if (currencies.size < orders.length) throw new Error(`${path}: orders: two have the same id`);
  const billable = orders.map(
    ({ id, client, period, chargedAt, anchor, prices, history }): BillableOrder => ({
      id,
      client,
      billingPeriod: period,
      chargedAt,
      alignment,
      anchor,
      history,
      prices: sortByDay(prices),
      billFrom: null,
      cancelsOn: null,
    }),
  );
  const { charges, held } = chargesDue(billable, existing, until);
  return {
    charges: charges.map(({ order, client, from, to, amount, due }) => {
      const currency = currencies.get(order) ?? '';
      return { order, client, from, to, amount, currency, due };
    }),
    held,
  };
}

function readOrders(path: string): z.infer<typeof file> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const parsed = file.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${path}: ${issue?.path.join('.') || 'the file'} is not valid: ${issue?.message ?? ''}`);
}

/** Sorts by day. The sort is stable, so rows of the same day keep their order. */
function sortByDay<T extends { from: Day }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}
