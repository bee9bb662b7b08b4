import type { Charge } from '#shared/billing/charges.ts';
import { addBusinessDays, addDays, type Day } from '#shared/billing/day.ts';
import { taxRateFor } from '#shared/billing/tax.ts';
import { totalsOf, type InvoiceLine, type TaxRate } from '#shared/billing/totals.ts';
import type { Invoice } from '#shared/collections/invoices.ts';
import type { Order } from '#shared/collections/orders.ts';
import type { BillingIdentity, Person } from '#shared/collections/people.ts';
import type { Unit } from '../documents/unit.ts';
import { toDocument } from '../documents/row.ts';
import { sellerTax, settings } from '../provider/settings.ts';

type Wanted = {
  person: Person;
  identity: BillingIdentity;
  orders: readonly Order[];
  charges: readonly Charge[];
  date: Day;
};

/**
 * Issues one invoice for a client's charges: number, frozen parties, lines, totals and charges in one transaction.
 * Everything printed is frozen in the row; the PDF is drawn from it later and from nothing else.
 */
export async function issueInvoice(unit: Unit, wanted: Wanted): Promise<Invoice> {
  const { person, identity, charges, date } = wanted;
  const tax = await taxOf(unit, person, identity);
  const lines = await linesOf(unit, wanted, tax);
  const invoice = await unit.create('invoices', {
    id: unit.server.newId(),
    client: person.id,
    paid: 0,
    pdfHash: null,
    recent: -unit.now,
    ...(await issued(unit, { person, identity, lines, date })),
  });
  await unit.server.models.charges.bulkCreate(
    charges.map(({ order, from, to, amount }) => ({
      id: unit.server.newId(),
      order,
      from,
      to,
      amount,
      invoice: invoice.id,
      madeAt: unit.now,
    })),
    { transaction: unit.transaction },
  );
  return invoice;
}

/** The tax of a client on the day of issue: the accountant's choice for them goes before every rule. */
export async function taxOf(unit: Unit, person: Person, identity: BillingIdentity): Promise<TaxRate> {
  if (person.taxTreatment) return person.taxTreatment.rate;
  return taxRateFor(sellerTax(await settings(unit.server, unit.transaction)), identity);
}

/** What issuing gives an invoice: its number, and everything printed, frozen as it stands on that day. */
export async function issued(
  unit: Unit,
  { person, identity, lines, date }: Pick<Wanted, 'person' | 'identity' | 'date'> & { lines: InvoiceLine[] },
) {
  const provider = await settings(unit.server, unit.transaction);
  const days = lines.flatMap(({ from, to }) => (from && to ? [{ from, to }] : []));
  const first = days.reduce((day, { from }) => (from < day ? from : day), days[0]?.from ?? date);
  const last = days.reduce((day, { to }) => (to > day ? to : day), first);
  return {
    number: await nextNumber(unit, 'A', date),
    series: 'A',
    kind: 'full' as const,
    description: days.length > 0 ? `${first} – ${addDays(last, -1)}` : (lines[0]?.text ?? ''),
    date,
    dueDate: addBusinessDays(date, provider.dueBusinessDays),
    currency: provider.currency,
    language: person.language,
    lines,
    ...totalsOf(lines),
    status: 'unpaid' as const,
    seller: provider.seller,
    buyer: identity,
    iban: provider.iban,
    paymentText: provider.paymentText[person.language],
  };
}

/** A line a charge with its own period, sorted by order number, then date. */
async function linesOf(
  unit: Unit,
  { orders, charges }: Wanted,
  tax: InvoiceLine['tax'],
): Promise<InvoiceLine[]> {
  const services = await unit.server.models.services.findAll({ raw: true, transaction: unit.transaction });
  const names = new Map(services.map((row) => toDocument('services', row)).map(({ id, name }) => [id, name]));
  const byId = new Map(orders.map((order) => [order.id, order]));
  const lines = charges.map((charge): InvoiceLine => {
    const order = byId.get(charge.order);
    return {
      order: charge.order,
      orderNumber: order?.number ?? null,
      from: charge.from,
      to: charge.to,
      text: `${names.get(order?.service ?? '') ?? ''} ${order?.instanceName ?? ''}`.trim(),
      quantity: 1,
      unitPrice: charge.amount,
      amount: charge.amount,
      tax,
    };
  });
  return lines.sort(
    (a, b) => (a.orderNumber ?? 0) - (b.orderNumber ?? 0) || ((a.from ?? '') < (b.from ?? '') ? -1 : 1),
  );
}

/** The clock stands before the last number's date: nothing is issued until it is right. */
export class ClockBehind extends Error {
  readonly today: Day;
  readonly last: Day;

  constructor(today: Day, last: Day) {
    super(`the clock stands at ${today}, before the date of the last invoice (${last}): nothing is issued`);
    this.today = today;
    this.last = last;
  }
}

/**
 * The next number of a series and year: gapless, because the row stays locked until the commit; never with a date
 * before the last number's.
 */
async function nextNumber(unit: Unit, code: string, date: Day): Promise<string> {
  const year = Number(date.slice(0, 4));
  const { models } = unit.server;
  const { transaction } = unit;
  await models.series.bulkCreate([{ code, year, lastNumber: 0, lastDate: '' }], {
    ignoreDuplicates: true,
    transaction,
  });
  const rows = await models.series.findAll({
    where: { code },
    lock: transaction.LOCK.UPDATE,
    transaction,
    raw: true,
  });
  const all = rows as unknown as { year: number; lastNumber: string; lastDate: Day }[]; // raw rows of the model
  const lastDate = all.reduce((latest, each) => (each.lastDate > latest ? each.lastDate : latest), '');
  const lastNumber = all.find((each) => Number(each.year) === year)?.lastNumber;
  if (date < lastDate) {
    throw new ClockBehind(date, lastDate);
  }
  const number = Number(lastNumber) + 1;
  await models.series.update({ lastNumber: number, lastDate: date }, { where: { code, year }, transaction });
  return `${code}${year}-${String(number).padStart(6, '0')}`;
}
