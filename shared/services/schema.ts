import * as z from 'zod/mini';
import { defineCollection, type Fields } from '../engine/collection.ts';
import { chargedAts } from '../billing/billing-period.ts';
import { priceRow, serviceOption } from '../billing/price-row.ts';
import { filledLine, id, times, unique } from '../engine/field.ts';
import { translatedLine, translatedText } from '../engine/translated-field.ts';

export const services = defineCollection({
  name: 'services',
  version: 2,
  schema: z.strictObject({
    id: id(),
    ...times,
    /** The short name, such as vps: unique, the same in every language. */
    slug: filledLine(60),
    names: translatedLine(60),
    /** One line on what it is. */
    taglines: translatedLine(120),
    type: z.enum(['premium', 'standard', 'free']),
    prices: z.array(priceRow).check(z.maxLength(8), unique('billingPeriod')),
    options: z.array(serviceOption).check(z.maxLength(20), unique('key')),
    pricedByAdmin: z.boolean(),
    chargedAt: z.enum(chargedAts),
    /** Markdown. */
    descriptions: translatedText(),
    available: z.boolean(),
  }),
  indexes: [['createdAt']],
  derived: [],
  defaults: {},
  conflicts: {},
  insertOnly: false,
  uniqueKeys: { slug: 'slug' },
  migrate: fromVersion1,
});
export type Service = z.infer<typeof services.schema>;

/** In version 1 the texts of a service had no language. */
function fromVersion1(stored: Fields): Fields {
  if (stored['slug'] !== undefined) return stored;
  const { name, description, options, ...service } = stored;
  const inBoth = (text: unknown) => ({ en: text, es: text });
  return {
    ...service,
    slug: name,
    names: inBoth(''),
    taglines: inBoth(''),
    descriptions: inBoth(description),
    options: (options as object[]).map((option) => ({ ...option, labels: inBoth('') })), // as version 1 had it
  };
}
