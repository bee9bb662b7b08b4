import { expect, test } from 'vitest';
import { chosenPrice } from './offer.ts';
import { cheapest, leastChoice } from '#shared/services/least-price.ts';
import type { Service } from '#shared/services/schema.ts';

const service: Service = {
  id: 'a',
  createdAt: 0,
  updatedAt: 0,
  writtenAt: 0,
  seq: 1,
  slug: 'vps',
  names: { en: 'Virtual server', es: 'Servidor virtual' },
  taglines: { en: '', es: '' },
  type: 'premium',
  options: [
    {
      key: 'vcpu',
      labels: { en: 'Processors', es: 'Procesadores' },
      unit: 'vCPU',
      choices: [2000, 1000, 4000],
      range: null,
    },
    {
      key: 'disk',
      labels: { en: 'Disk', es: 'Disco' },
      unit: 'GB',
      choices: null,
      range: { min: 5000, max: 30_000, step: 5000 },
    },
  ],
  prices: [
    {
      amount: 100,
      billingPeriod: 'month',
      terms: [
        { option: 'vcpu', linear: 1_000_000, quadratic: 0 },
        { option: 'disk', linear: 50_000, quadratic: 0 },
      ],
    },
    { amount: 5000, billingPeriod: 'year', terms: [] },
  ],
  pricedByAdmin: false,
  chargedAt: 'end',
  descriptions: { en: '', es: '' },
  available: true,
};

test('the list price of a service is that of its smallest configuration', () => {
  // 1.00 + 1 x 1.00 + 5 x 0.05
  expect(cheapest(service)).toEqual({ amount: 225, billingPeriod: 'month' });
});

test('a service priced by the admin has no list price', () => {
  expect(cheapest({ ...service, prices: [] })).toBeNull();
});

test('the chosen options are priced for the chosen billing period', () => {
  const chosen = [
    { key: 'vcpu', quantity: 4000 },
    { key: 'disk', quantity: 30_000 },
  ];
  expect(chosenPrice(service, 'month', chosen)).toBe(650);
  expect(chosenPrice(service, 'year', chosen)).toBe(5000);
});

test('a quantity off the step has no price', () => {
  const chosen = leastChoice(service.options).map((each) =>
    each.key === 'disk' ? { ...each, quantity: 7000 } : each,
  );
  expect(chosenPrice(service, 'month', chosen)).toBeUndefined();
});
