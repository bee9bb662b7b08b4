import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { chargedAts } from '../billing/billing-period.ts';
import { priceRow, serviceOption } from '../billing/price-row.ts';
import { filledLine, id, text, times, unique } from '../engine/field.ts';

export const services = defineCollection({
  name: 'services',
  version: 1,
  schema: z.strictObject({
    id: id(),
    ...times,
    name: filledLine(60),
    type: z.enum(['premium', 'standard', 'free']),
    prices: z.array(priceRow).check(z.maxLength(8), unique('billingPeriod')),
    options: z.array(serviceOption).check(z.maxLength(20), unique('key')),
    pricedByAdmin: z.boolean(),
    chargedAt: z.enum(chargedAts),
    description: text(),
    available: z.boolean(),
  }),
  indexes: [['createdAt']],
  derived: [],
  defaults: {},
  conflicts: {},
  insertOnly: false,
  uniqueKeys: { name: 'name' },
});
export type Service = z.infer<typeof services.schema>;
