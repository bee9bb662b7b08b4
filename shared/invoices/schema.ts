import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { day, id, line, minor, newestFirst, text, times } from '../engine/field.ts';
import { billingIdentity } from '../billing/billing-identity.ts';
import { languages } from '../settings/language.ts';
import { seller } from '../settings/seller.ts';
import { taxRate } from '../billing/tax-rate.ts';

export const invoiceStatuses = ['draft', 'unpaid', 'part paid', 'paid', 'void'] as const;
export type InvoiceStatus = (typeof invoiceStatuses)[number];

/** A row of an invoice. `to` is the first day that is not covered. Amounts are net, in minor units. */
export const invoiceLine = z.strictObject({
  order: z.nullable(id()),
  orderNumber: z.nullable(z.int()),
  from: z.nullable(day()),
  to: z.nullable(day()),
  text: line(300),
  quantity: z.int(),
  unitPrice: minor(),
  amount: minor(),
  tax: taxRate,
  /** Only of a charge for a part of its period: the price of the whole period, the charged days, and all of its days. */
  prorated: z.optional(z.strictObject({ price: minor(), days: z.int(), of: z.int() })),
});

export const taxTotal = z.strictObject({ rate: taxRate, net: minor(), tax: minor() });

/** Defaults of an invoice that neither corrects another one nor is corrected. */
export const plainInvoice = {
  corrects: null,
  correctsNumber: '',
  correctsDate: null,
  reason: '',
  corrected: 0,
  approvedTotal: null,
  logo: null,
  verifyUrl: '',
};

export const invoices = defineCollection({
  name: 'invoices',
  version: 5,
  schema: z.strictObject({
    id: id(),
    ...times,
    number: z.nullable(line(20)),
    series: line(8),
    kind: z.enum(['full', 'simplified', 'rectifying']),
    client: id(),
    description: line(300),
    date: z.nullable(day()),
    dueDate: z.nullable(day()),
    currency: line(3),
    language: z.enum(languages),
    lines: z.array(invoiceLine).check(z.maxLength(2_000)),
    totals: z.array(taxTotal).check(z.maxLength(20)),
    net: minor(),
    tax: minor(),
    total: minor(),
    /** Sum of the payments. The status is derived from it. */
    paid: minor(),
    status: z.enum(invoiceStatuses),
    seller: z.nullable(seller),
    buyer: z.nullable(billingIdentity),
    iban: line(34),
    paymentText: text(2_000),
    /** SHA-256 of the PDF, hex; null until a worker has created it. */
    pdfHash: z.nullable(z.string().check(z.maxLength(64))),
    /** Rectifying invoices only: the invoice that it corrects, with its printed number and date, and the reason. */
    corrects: z.nullable(id()),
    correctsNumber: line(20),
    correctsDate: z.nullable(day()),
    reason: line(300),
    /** Sum of the totals of the rectifying invoices issued for this one; zero or negative. */
    corrected: minor(),
    /** The total that the person saw who issued it by hand. Null: a draft, or the billing run issued it. */
    approvedTotal: z.nullable(minor()),
    /** SHA-256 of the printed logo, hex. */
    logo: z.nullable(z.string().check(z.maxLength(64))),
    /** The page of the Spanish tax office on which the invoice can be verified; '' if it is not sent there. */
    verifyUrl: line(300),
    recent: newestFirst(),
  }),
  indexes: [['recent']],
  derived: [
    'number',
    'series',
    'kind',
    'description',
    'date',
    'dueDate',
    'currency',
    'language',
    'totals',
    'net',
    'tax',
    'total',
    'paid',
    'seller',
    'buyer',
    'iban',
    'paymentText',
    'pdfHash',
    'recent',
    'correctsNumber',
    'correctsDate',
    'corrected',
    'logo',
    'verifyUrl',
  ],
  defaults: plainInvoice,
  conflicts: {},
  insertOnly: false,
  foremost: { status: ['unpaid', 'part paid'] },
});
export type Invoice = z.infer<typeof invoices.schema>;
