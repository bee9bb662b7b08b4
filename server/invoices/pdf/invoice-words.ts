import type { Invoice } from '#shared/invoices/schema.ts';
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
  tax: (percent: string, base: string) => `VAT ${percent} % of ${base}`,
  total: 'Total',
  pay: 'Payment',
  scan: 'Scan to pay',
  reference: 'Reference',
  corrects: (number: string, date: string) => `Corrects invoice ${number} of ${date}`,
  page: (n: number, of: number) => `Page ${n} of ${of}`,
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
  tax: (percent, base) => `IVA ${percent} % de ${base}`,
  total: 'Total',
  pay: 'Pago',
  scan: 'Escanear para pagar',
  reference: 'Concepto',
  corrects: (number, date) => `Rectifica la factura ${number} del ${date}`,
  page: (n, of) => `Página ${n} de ${of}`,
};

export type Words = typeof en;
export const words: Record<Language, Words> = { en, es };

const format = (locale: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
const days: Record<Language, Intl.DateTimeFormat> = { en: format('en-GB'), es: format('es-ES') };

/** A day as it is printed: 1 March 2026, 1 de marzo de 2026. '' for null. */
export function printedDay(day: string | null, { language }: Pick<Invoice, 'language'>): string {
  if (day === null) return '';
  return days[language].format(new Date(`${day}T00:00:00Z`));
}

/** A day in the short form for tables: 01/03/2026. */
export function shortDay(day: string): string {
  return day.split('-').toReversed().join('/');
}
