import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formOf, newOption, newPrice, parseDecimal, serviceOf, type ServiceForm } from './service-form.ts';
import type { Service } from '#shared/services/schema.ts';

const file = new URL('../../../server/demo/catalogue.json', import.meta.url);
const catalogue = JSON.parse(readFileSync(file, 'utf8')) as Service[]; // the provider's own services

test.each(catalogue.map((service) => [service.slug, service] as const))(
  'saving %s without edits leaves it unchanged',
  (_, service) => {
    const { slug, names, taglines, descriptions, type, pricedByAdmin, chargedAt, options, prices } = service;
    const meaningful = prices.map((price) => ({
      ...price,
      terms: price.terms.filter(({ linear, quadratic }) => linear || quadratic),
    }));
    expect(serviceOf(formOf(service))).toEqual({
      service: {
        slug,
        names,
        taglines,
        descriptions,
        type,
        pricedByAdmin,
        chargedAt,
        options,
        prices: meaningful,
      },
    });
  },
);

const typed = (over: Partial<ServiceForm>): ServiceForm => ({ ...formOf(null), slug: 'backup', ...over });
const wrong = (over: Partial<ServiceForm>) => {
  const parsed = serviceOf(typed(over));
  return 'wrong' in parsed ? parsed.wrong : null;
};

test('amounts and quantities may have a decimal point or comma', () => {
  expect(parseDecimal('0,5', 3)).toBe(500);
  expect(parseDecimal('0.005', 6)).toBe(5000);
  expect(parseDecimal('12', 3)).toBe(12_000);
  expect(parseDecimal('0.0005', 3)).toBeNull();
  expect(parseDecimal('-1', 3)).toBeNull();
  expect(parseDecimal('', 3)).toBeNull();
});

test('1 + 0.005 x GB^2 is a price of 1.00 with a square term', () => {
  const option = {
    ...newOption(),
    key: 'hdd',
    unit: 'GB',
    kind: 'range',
    min: '10',
    max: '500',
    step: '10',
  } as const;
  const parsed = serviceOf(
    typed({
      options: [option],
      prices: [{ amount: '1', billingPeriod: 'month', terms: [{ linear: '0', quadratic: '0.005' }] }],
    }),
  );
  expect(parsed).toMatchObject({
    service: {
      options: [{ key: 'hdd', choices: null, range: { min: 10_000, max: 500_000, step: 10_000 } }],
      prices: [{ amount: 100, terms: [{ option: 'hdd', linear: 0, quadratic: 5000 }] }],
    },
  });
});

test('an unreadable field is named, with the index of its option or price', () => {
  expect(wrong({ slug: ' ' })).toEqual({ field: 'slug', at: null, fault: 'unreadable' });
  expect(wrong({ prices: [newPrice(0), { ...newPrice(0), amount: 'six' }] })).toEqual({
    field: 'amount',
    at: 1,
    fault: 'unreadable',
  });
  expect(wrong({ options: [{ ...newOption(), key: 'ram', choices: '1 two' }] })).toMatchObject({
    field: 'choices',
    at: 0,
  });
});

test('a service that cannot be priced is rejected', () => {
  expect(wrong({ prices: [] })).toMatchObject({ field: 'prices', fault: 'none' });
  expect(wrong({ prices: [newPrice(0), newPrice(0)] })).toMatchObject({ field: 'prices', fault: 'twice' });
  const range = { ...newOption(), key: 'ram', kind: 'range', min: '8', max: '1', step: '1' } as const;
  expect(wrong({ options: [range] })).toMatchObject({ field: 'options', fault: 'range' });
  expect(wrong({ options: [{ ...range, max: '9', step: '0' }] })).toMatchObject({ fault: 'range' });
  const twice = { ...newOption(), key: 'ram', choices: '1 2' };
  expect(wrong({ options: [twice, twice] })).toMatchObject({ field: 'options', fault: 'twice' });
});
