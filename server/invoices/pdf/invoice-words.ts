import type { Invoice } from '#shared/invoices/schema.ts';
import { addDays, type Day } from '#shared/billing/day.ts';
import { longDay } from '#shared/settings/long-day.ts';
import { formatMoney } from '#shared/billing/money.ts';
import type { Language } from '#shared/settings/language.ts';

/** The texts of a printed invoice. */
const en = {
  title: { full: 'Invoice', simplified: 'Simplified invoice', rectifying: 'Rectifying invoice' },
  date: 'Date',
  due: 'To be paid by',
  to: 'Bill to',
  from: 'From',
  taxNumber: 'Tax number',
  vatNumber: 'VAT number',
  service: 'Service',
  period: 'Period',
  quantity: 'Quantity',
  price: 'Price',
  amount: 'Amount',
  net: 'Net',
  tax: (percent: string, base: string) => `VAT ${percent}\u00a0% of ${base}`,
  total: 'Total',
  pay: 'Payment',
  scan: 'Scan to pay',
  reference: 'Reference',
  corrects: (number: string, date: string) => `Corrects invoice ${number} of ${date}`,
  page: (n: number, of: number) => `Page ${n} of ${of}`,
  prorated: (price: string, days: number, of: number) => `${price} × ${days} of ${of} days`,
  changed: (name: string, day: string) => `${name}: change on ${day}`,
};

const es: typeof en = {
  title: { full: 'Factura', simplified: 'Factura simplificada', rectifying: 'Factura rectificativa' },
  date: 'Fecha',
  due: 'A pagar antes del',
  to: 'Cliente',
  from: 'Emisor',
  taxNumber: 'NIF',
  vatNumber: 'NIF-IVA',
  service: 'Servicio',
  period: 'Periodo',
  quantity: 'Cantidad',
  price: 'Precio',
  amount: 'Importe',
  net: 'Base imponible',
  tax: (percent, base) => `IVA ${percent}\u00a0% de ${base}`,
  total: 'Total',
  pay: 'Pago',
  scan: 'Escanear para pagar',
  reference: 'Concepto',
  corrects: (number, date) => `Rectifica la factura ${number} del ${date}`,
  page: (n, of) => `Página ${n} de ${of}`,
  prorated: (price, days, of) => `${price} × ${days} de ${of} días`,
  changed: (name, day) => `${name}: cambio el ${day}`,
};

export type Words = typeof en;
export const words: Record<Language, Words> = { en, es };

const format = (locale: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
const short = { day: 'numeric', month: 'short', year: 'numeric' } as const;
const periods: Record<Language, Intl.DateTimeFormat> = {
  en: format('en-GB', short),
  es: format('es-ES', short),
};

const midnight = (day: Day) => new Date(`${day}T00:00:00Z`);

/** A day as it is printed: 1 March 2026, 1 de marzo de 2026. '' for null. */
export function printedDay(day: Day | null, { language }: Pick<Invoice, 'language'>): string {
  return day === null ? '' : longDay(day, language);
}

/** The invoices of a run have the same periods, and a range takes as long as ten words of the page. */
const printedPeriods = new Map<string, string>();

/** The days [from, to) as they are printed: 1 – 30 Nov 2026, 1–30 nov 2026; a single day as 1 Nov 2026. */
export function printedPeriod(
  { from, to }: { from: Day; to: Day },
  { language }: Pick<Invoice, 'language'>,
): string {
  const key = `${language} ${from} ${to}`;
  const known = printedPeriods.get(key);
  if (known !== undefined) return known;
  const last = addDays(to, -1);
  const printed = periods[language].formatRange(midnight(from), midnight(last < from ? from : last));
  if (printedPeriods.size >= 1_000) printedPeriods.clear();
  printedPeriods.set(key, printed);
  return printed;
}

const countries: Record<Language, Intl.DisplayNames> = {
  en: new Intl.DisplayNames('en-GB', { type: 'region' }),
  es: new Intl.DisplayNames('es-ES', { type: 'region' }),
};

/** The name of a country in the reader's language, from its ISO code. */
export function printedCountry(code: string, { language }: Pick<Invoice, 'language'>): string {
  return /^[A-Z]{2}$/.test(code) ? (countries[language].of(code) ?? code) : code;
}

const numbers: Record<Language, Intl.NumberFormat> = {
  en: new Intl.NumberFormat('en-GB'),
  es: new Intl.NumberFormat('es-ES'),
};

/** A quantity or a percentage as it is printed. */
export function printedNumber(number: number, { language }: Pick<Invoice, 'language'>): string {
  return numbers[language].format(number);
}

/** An amount in minor units as it is printed. The currency never stands alone on the next line. */
export function printedMoney(
  amount: number,
  { currency, language }: Pick<Invoice, 'currency' | 'language'>,
): string {
  return formatMoney(amount, currency, language).replace(' ', '\u00a0');
}
