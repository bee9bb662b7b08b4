import { afterAll, beforeAll, expect, test } from 'vitest';
import { priceOf } from '#shared/billing/price.ts';
import { findDocuments } from '#sync/server/row.ts';
import { openTestDatabase, type TestDatabase } from '../test/test-server.ts';
import { type Service, services } from '#shared/services/schema.ts';

let database: TestDatabase;
let catalogue: Service[];
beforeAll(async () => {
  database = await openTestDatabase();
  catalogue = await findDocuments(database.server, services);
});
afterAll(() => database.close());

test('the catalogue holds the provider’s 15 services at their prices, all charged at the end of the period', () => {
  const listed = catalogue.map(({ slug, type, prices, pricedByAdmin, available }) => {
    const amounts = prices.map(({ amount, billingPeriod }) => `${amount}/${billingPeriod}`).join(' ');
    return `${slug} ${type} ${pricedByAdmin ? 'by admin' : amounts}${available ? '' : ' not available'}`;
  });
  expect(listed.sort()).toEqual([
    'bothost premium 75/month',
    'email standard 100/month',
    'gamehost premium by admin',
    'jellyfin standard 200/month',
    'matrix free 0/month',
    'mirror premium 100/month',
    'nextcloud standard 500/month',
    'proxy premium 50/month',
    'storage premium 100/month',
    'subname premium 50/month 600/year',
    'voip standard 200/month not available',
    'vpn premium 500/month',
    'vps premium 0/month',
    'webhost premium 100/month',
    'xmpp free 0/month',
  ]);
  expect(new Set(catalogue.map(({ chargedAt }) => chargedAt))).toEqual(new Set(['end']));
});

test.each([
  ['vps', { vcpu: 4, ram: 8, ssd: 30 }, 950],
  ['vps', { vcpu: 1, ram: 0.5, ssd: 5 }, 150],
  ['storage', { storage: 100 }, 5100],
  ['mirror', { storage: 1 }, 101],
])('%s with %o costs %i cents a month', (slug, options, cents) => {
  const service = catalogue.find((each) => each.slug === slug);
  const chosen = Object.entries(options).map(([key, quantity]) => ({ key, quantity: quantity * 1000 }));
  const [row] = service?.prices ?? [];
  expect(row && service && priceOf(row, service.options, chosen)).toBe(cents);
});
