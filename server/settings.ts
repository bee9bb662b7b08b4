import type { Transaction } from 'sequelize';
import { z } from 'zod';
import { taxRate, seller } from '#shared/collections/invoices.ts';
import { languages } from '#shared/collections/people.ts';
import type { SellerTax } from '#shared/billing/tax.ts';
import type { Server } from './context.ts';

/** What the provider decides about itself: one JSON row a name in the table `settings`. */
const provider = z.object({
  name: z.string(),
  seller,
  language: z.enum(languages),
  timeZone: z.string(),
  currency: z.literal('EUR'),
  alignment: z.enum(['anniversary', 'calendar']),
  dueBusinessDays: z.number().int(),
  standardRate: taxRate,
  noTaxRate: taxRate,
  outsidePostcodes: z.array(z.string()),
  iban: z.string(),
  paymentText: z.object({ en: z.string(), es: z.string() }),
  contactAddress: z.string(),
  helpdeskList: z.string(),
  accountingList: z.string(),
  mailFrom: z.string(),
});
export type Settings = z.infer<typeof provider>;

/** What a new installation starts with; the catalogue's own terms are calendar alignment, charged at the end. */
export const firstSettings: Settings = {
  name: 'ARFNET',
  seller: {
    name: 'ARFNET',
    street: 'Calle de la Red 20',
    postcode: '28004',
    city: 'Madrid',
    country: 'ES',
    taxNumber: '12345678Z',
    vatNumber: 'ES12345678Z',
    email: 'admin@arf20.com',
  },
  language: 'en',
  timeZone: 'Europe/Madrid',
  currency: 'EUR',
  alignment: 'calendar',
  dueBusinessDays: 5,
  standardRate: { percent: 2100, category: 'S', reason: null },
  noTaxRate: {
    percent: 0,
    category: 'E',
    reason: { en: 'Seller not registered for VAT.', es: 'Vendedor no registrado a efectos de IVA.' },
  },
  outsidePostcodes: ['35', '38', '51', '52'],
  iban: 'ES9121000418450200051332',
  paymentText: {
    en: 'Please pay by bank transfer and give the invoice number as reference.',
    es: 'Le rogamos que pague por transferencia e indique el número de factura como concepto.',
  },
  contactAddress: 'admin@arf20.com',
  helpdeskList: 'helpdesk@arf20.com',
  accountingList: 'accounting@arf20.com',
  mailFrom: 'ARFNET <no-reply@arf20.com>',
};

/** The settings in force. @throws where the stored row is not valid, naming the field */
export async function settings(server: Server, transaction?: Transaction): Promise<Settings> {
  const row = await server.models.settings.findOne({
    where: { name: 'provider' },
    raw: true,
    ...(transaction ? { transaction } : {}),
  });
  const stored = row as unknown as { value: string } | null;
  return provider.parse(stored ? JSON.parse(stored.value) : firstSettings);
}

/** What the settings say about tax, as the rule of taxes wants it. */
export function sellerTax({
  seller: { country, vatNumber },
  standardRate,
  noTaxRate,
  outsidePostcodes,
}: Settings): SellerTax {
  return { country, vatNumber, standard: standardRate, noTax: noTaxRate, outsidePostcodes };
}
