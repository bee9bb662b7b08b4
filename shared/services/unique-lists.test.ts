import { expect, test } from 'vitest';
import { priceRow, serviceOption } from '../billing/price-row.ts';
import { orders } from '../orders/schema.ts';
import { services } from './schema.ts';

/* A list that is read by key has each key once: an option named twice would be priced by one entry and listed by the other. */

const term = { option: 'ram', linear: 1, quadratic: 0 };
const row = { amount: 500, billingPeriod: 'month', terms: [] };
const option = {
  key: 'ram',
  labels: { en: 'Memory', es: 'Memoria' },
  unit: 'GB',
  choices: [1_000, 2_000],
  range: null,
};
const chosen = { key: 'ram', quantity: 1_000 };

test.each([
  ['options of an order', orders.schema.shape.options, [chosen], [chosen, { ...chosen, quantity: 64_000 }]],
  ['prices of a service', services.schema.shape.prices, [row], [row, { ...row, amount: 1 }]],
  ['options of a service', services.schema.shape.options, [option], [option, { ...option, unit: 'MB' }]],
  ['terms of a price', priceRow.shape.terms, [term], [term, { ...term, linear: 9 }]],
  ['choices of an option', serviceOption.shape.choices, [1_000, 2_000], [1_000, 1_000]],
])('%s have each key once', (_, schema, once, twice) => {
  expect(schema.safeParse(once).success).toBe(true);
  expect(schema.safeParse(twice).success).toBe(false);
});
