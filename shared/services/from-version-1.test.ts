import { expect, test } from 'vitest';
import { serviceName } from './service-name.ts';
import { services, type Service } from './schema.ts';

/* A device that was last used with an earlier version of the app still shows its services, also without a network. */

const stored = {
  id: '0198c0de-0000-7000-8000-000000000000',
  createdAt: 1,
  updatedAt: 1,
  writtenAt: 1,
  seq: 7,
  name: 'vps',
  type: 'premium',
  prices: [{ amount: 100, billingPeriod: 'month', terms: [] }],
  options: [{ key: 'ram', unit: 'GB', choices: [1_000], range: null }],
  pricedByAdmin: false,
  chargedAt: 'end',
  description: 'A machine',
  available: true,
};

test('a service of version 1 gets the fields of version 2, and is called by its old name', () => {
  const migrated = services.migrate(stored);
  expect(services.schema.parse(migrated)).toEqual(migrated);
  const service = migrated as unknown as Service; // parsed above
  expect(serviceName(service, 'es')).toBe('vps');
  expect(service.descriptions).toEqual({ en: 'A machine', es: 'A machine' });
});

test('a service of version 2 stays as it is', () => {
  const migrated = services.migrate(stored);
  expect(services.migrate(migrated)).toBe(migrated);
});
