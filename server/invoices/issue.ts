import type { BillingIdentity } from '#shared/billing/billing-identity.ts';
import { reasonOf, type Charge } from '#shared/billing/charges.ts';
import { addBusinessDays, type Day } from '#shared/billing/day.ts';
import { invoiceKindFor, seriesOf } from '#shared/invoices/invoice-kind.ts';
import type { Language } from '#shared/settings/language.ts';
import type { TaxRate } from '#shared/billing/tax-rate.ts';
import { clientTaxRate } from '#shared/billing/tax.ts';
import { totalsOf, type InvoiceLine } from '#shared/invoices/totals.ts';
import { findDocuments } from '#sync/server/row.ts';
import { sellerTax, settings } from '../settings/settings.ts';
import { logoHash } from '../settings/logo.ts';
import { billAdjustments, type Adjustment } from './waiting-adjustments.ts';
import { verifyUrlOf } from './verifactu/verify-url.ts';
import { nextNumber } from './next-number.ts';
import { checkPrintable } from './pdf/check-printable.ts';
import { printedPeriod } from './pdf/invoice-words.ts';
import type { Tx } from '../context.ts';
import { type Invoice, invoices, plainInvoice } from '#shared/invoices/schema.ts';
import type { Order } from '#shared/orders/schema.ts';
import type { Person } from '#shared/people/schema.ts';
import { services } from '#shared/services/schema.ts';
import { serviceName } from '#shared/services/service-name.ts';

type IssueOptions = {
  person: Person;
  identity: BillingIdentity;
  orders: readonly Order[];
  charges: readonly Charge[];
  adjustments: readonly Adjustment[];
  date: Day;
};

/**
 * Issues one invoice for a client's charges. Number, seller, buyer, lines, totals and charges are written in one
 * transaction. Everything printed is frozen in the row; the PDF is drawn later from this row alone.
 *
 * @returns null if the billing identity is not sufficient for this amount; then nothing is written
 * @throws ClockBehind, Unprintable as `issuedFields`
 */
export async function issueInvoice(tx: Tx, options: IssueOptions): Promise<Invoice | null> {
  const { person, identity, charges, adjustments, date } = options;
  const tax = await taxOf(tx, { person, identity, date });
  const lines = await linesOf(tx, options, { tax, language: person.language });
  const frozen = await issuedFields(tx, { person, identity, lines, date });
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

/** The tax rate of a client on the day of issue. */
export async function taxOf(
  tx: Tx,
  { person, identity, date }: Pick<IssueOptions, 'person' | 'identity' | 'date'>,
): Promise<TaxRate> {
  const seller = sellerTax(await settings(tx.server, tx.transaction), date);
  const { taxTreatment, taxHold } = person;
  return clientTaxRate(seller, { identity, taxTreatment, taxHold });
}

/**
 * The fields that an invoice gets when it is issued: its kind and number, and everything printed, as it is on that day.
 *
 * @returns null if the billing identity is not sufficient for this amount; then no number is used
 * @throws ClockBehind if `date` is before the date of the last invoice
 * @throws Unprintable if no font can draw a character of it
 */
export async function issuedFields(
  tx: Tx,
  {
    person,
    identity,
    lines,
    date,
  }: Pick<IssueOptions, 'person' | 'identity' | 'date'> & { lines: InvoiceLine[] },
) {
  const provider = await settings(tx.server, tx.transaction);
  const { seller, simplifiedUpTo } = provider;
  const totals = totalsOf(lines);
  const kind = invoiceKindFor({ country: seller.country, simplifiedUpTo }, identity, totals.total);
  if (kind === null) return null;
  checkPrintable({ seller, buyer: identity, lines, paymentText: provider.paymentText[person.language] });
  const number = await nextNumber(tx, seriesOf[kind], date);
  return {
    number,
    series: seriesOf[kind],
    kind,
    description: describe(lines, person),
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

/** A short description for lists: the days of the lines from first to last, or the first line's text if none has days. */
export function describe(lines: readonly InvoiceLine[], reader: { language: Language }): string {
  const days = lines.flatMap(({ from, to }) => (from && to ? [{ from, to }] : []));
  const [first] = days;
  if (!first) return lines[0]?.text ?? '';
  const from = days.reduce((day, each) => (each.from < day ? each.from : day), first.from);
  const to = days.reduce((day, each) => (each.to > day ? each.to : day), first.to);
  return printedPeriod({ from, to }, reader);
}

/** One line per charge and adjustment, sorted by order number, then date. */
async function linesOf(
  tx: Tx,
  { orders, charges, adjustments }: IssueOptions,
  { tax, language }: { tax: InvoiceLine['tax']; language: Language },
): Promise<InvoiceLine[]> {
  const all = await findDocuments(tx.server, services, { transaction: tx.transaction });
  const names = new Map(all.map((service) => [service.id, serviceName(service, language)]));
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
      ...(order ? proratedOf(order, charge) : {}),
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

/** Of a charge for a part of its period, how its amount was calculated. */
function proratedOf(order: Order, charge: Charge): Pick<InvoiceLine, 'prorated'> {
  const prorated = reasonOf(order, charge);
  return prorated.days === prorated.of ? {} : { prorated };
}

/** The service of an order at the start of a charge. The order's service may have been changed since. */
function serviceOn(order: Order | undefined, day: Day): string {
  const known = order?.prices.filter(({ service }) => service);
  const row = known?.findLast(({ from }) => from <= day) ?? known?.[0];
  return row?.service ?? order?.service ?? '';
}

/** The fields that are still empty in a draft. */
export function draftFields(tx: Tx, language: Invoice['language']) {
  return {
    number: null,
    date: null,
    dueDate: null,
    language,
    paid: 0,
    corrected: 0,
    approvedTotal: null,
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
