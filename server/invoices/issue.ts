import type { BillingIdentity } from '#shared/billing/billing-identity.ts';
import type { TaxRate } from '#shared/billing/tax-rate.ts';
import type { Charge } from '#shared/billing/charges.ts';
import { addBusinessDays, addDays, type Day } from '#shared/billing/day.ts';
import { invoiceKindFor, seriesOf } from '#shared/invoices/invoice-kind.ts';
import { taxRateFor } from '#shared/billing/tax.ts';
import { totalsOf, type InvoiceLine } from '#shared/invoices/totals.ts';
import { findDocuments } from '#sync/server/row.ts';
import { sellerTax, settings } from '../settings/settings.ts';
import { logoHash } from '../settings/logo.ts';
import { billAdjustments, type Adjustment } from './adjustments.ts';
import { verifyUrlOf } from './verifactu/verify-url.ts';
import { nextNumber } from './next-number.ts';
import type { Tx } from '../context.ts';
import { type Invoice, invoices, plainInvoice } from '#shared/invoices/schema.ts';
import type { Order } from '#shared/orders/schema.ts';
import type { Person } from '#shared/people/schema.ts';
import { services } from '#shared/services/schema.ts';

type Wanted = {
  person: Person;
  identity: BillingIdentity;
  orders: readonly Order[];
  charges: readonly Charge[];
  adjustments: readonly Adjustment[];
  date: Day;
};

/**
 * Issues one invoice for a client's charges: number, frozen parties, lines, totals and charges in one transaction.
 * Everything printed is frozen in the row; the PDF is drawn from it later and from nothing else.
 *
 * @returns null where there is not enough of a billing identity for this amount: nothing was written
 */
export async function issueInvoice(tx: Tx, wanted: Wanted): Promise<Invoice | null> {
  const { person, identity, charges, adjustments, date } = wanted;
  const tax = await taxOf(tx, { person, identity, date });
  const lines = await linesOf(tx, wanted, tax);
  const frozen = await issued(tx, { person, identity, lines, date });
  if (!frozen) return null;
  const invoice = await tx.create(invoices, {
    id: tx.server.newId(),
    client: person.id,
    paid: 0,
    pdfHash: null,
    recent: -tx.now,
    ...plainInvoice,
    ...frozen,
  });
  await tx.server.models.charges.bulkCreate(
    charges.map(({ order, from, to, amount }) => ({
      id: tx.server.newId(),
      order,
      from,
      to,
      amount,
      invoice: invoice.id,
      madeAt: tx.now,
    })),
    { transaction: tx.transaction },
  );
  await billAdjustments(tx, adjustments, invoice.id);
  return invoice;
}

/** The tax of a client on the day of issue: the accountant's choice for them goes before every rule. */
export async function taxOf(
  tx: Tx,
  { person, identity, date }: Pick<Wanted, 'person' | 'identity' | 'date'>,
): Promise<TaxRate> {
  if (person.taxTreatment) return person.taxTreatment.rate;
  return taxRateFor(sellerTax(await settings(tx.server, tx.transaction), date), identity);
}

/**
 * What issuing gives an invoice: its kind and number, and everything printed, frozen as it stands on that day.
 *
 * @returns null where there is not enough of a billing identity for this amount: no number was taken
 */
export async function issued(
  tx: Tx,
  { person, identity, lines, date }: Pick<Wanted, 'person' | 'identity' | 'date'> & { lines: InvoiceLine[] },
) {
  const provider = await settings(tx.server, tx.transaction);
  const { seller, simplifiedUpTo } = provider;
  const totals = totalsOf(lines);
  const kind = invoiceKindFor({ country: seller.country, simplifiedUpTo }, identity, totals.total);
  if (kind === null) return null;
  const number = await nextNumber(tx, seriesOf[kind], date);
  return {
    number,
    series: seriesOf[kind],
    kind,
    description: describe(lines, date),
    date,
    dueDate: addBusinessDays(date, provider.dueBusinessDays),
    currency: provider.currency,
    language: person.language,
    lines,
    ...totals,
    status: 'unpaid' as const,
    seller,
    buyer: identity,
    iban: provider.iban,
    paymentText: provider.paymentText[person.language],
    logo: await logoHash(tx.server, tx.transaction),
    verifyUrl: verifyUrlOf(provider, { number, date, total: totals.total }),
  };
}

/** What an invoice is about, for lists: from its first day to its last, else its first line. */
export function describe(lines: readonly InvoiceLine[], date: Day): string {
  const days = lines.flatMap(({ from, to }) => (from && to ? [{ from, to }] : []));
  const first = days.reduce((day, { from }) => (from < day ? from : day), days[0]?.from ?? date);
  const last = days.reduce((day, { to }) => (to > day ? to : day), first);
  return days.length > 0 ? `${first} – ${addDays(last, -1)}` : (lines[0]?.text ?? '');
}

/** A line a charge with its own period, sorted by order number, then date. */
async function linesOf(
  tx: Tx,
  { orders, charges, adjustments }: Wanted,
  tax: InvoiceLine['tax'],
): Promise<InvoiceLine[]> {
  const all = await findDocuments(tx.server, services, { transaction: tx.transaction });
  const names = new Map(all.map(({ id, name }) => [id, name]));
  const byId = new Map(orders.map((order) => [order.id, order]));
  const lines = charges.map((charge): InvoiceLine => {
    const order = byId.get(charge.order);
    return {
      order: charge.order,
      orderNumber: order?.number ?? null,
      from: charge.from,
      to: charge.to,
      text: `${names.get(serviceOn(order, charge.from)) ?? ''} ${order?.instanceName ?? ''}`.trim(),
      quantity: 1,
      unitPrice: charge.amount,
      amount: charge.amount,
      tax,
    };
  });
  const others = adjustments.map((adjustment): InvoiceLine => ({
    order: adjustment.order,
    orderNumber: byId.get(adjustment.order ?? '')?.number ?? null,
    from: null,
    to: null,
    text: adjustment.text,
    quantity: 1,
    unitPrice: adjustment.amount,
    amount: adjustment.amount,
    tax,
  }));
  return [...lines, ...others].sort(
    (a, b) => (a.orderNumber ?? 0) - (b.orderNumber ?? 0) || ((a.from ?? '') < (b.from ?? '') ? -1 : 1),
  );
}

/** Which service an order was when a charge began: it may have been changed since. */
function serviceOn(order: Order | undefined, day: Day): string {
  const known = order?.prices.filter(({ service }) => service);
  const row = known?.findLast(({ from }) => from <= day) ?? known?.[0];
  return row?.service ?? order?.service ?? '';
}

/** What no draft has yet. */
export function draftOf(tx: Tx, language: Invoice['language']) {
  return {
    number: null,
    date: null,
    dueDate: null,
    language,
    paid: 0,
    corrected: 0,
    seller: null,
    buyer: null,
    iban: '',
    paymentText: '',
    pdfHash: null,
    logo: null,
    recent: -tx.now,
    verifyUrl: '',
  };
}
