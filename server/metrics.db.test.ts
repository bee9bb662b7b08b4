import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepRun } from './jobs/runs.ts';
import { serveMetrics } from './metrics.ts';
import { createOrder, createPerson, openTestDatabase, type TestDatabase } from './test/test-server.ts';
import { billOn } from './test/bill-on.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

test('Prometheus reads the state of the work at a separate address', async () => {
  const { server } = database;
  const { id } = await createPerson(server, 'lucia', 'client');
  await createOrder(server, id, { since: '2026-03-01', amount: 500, billingPeriod: 'once' });
  await keepRun(server, 'make-invoices', async () => ({
    n: (await billOn(server, '2026-03-01')).invoices.length,
  }));
  const port = await freePort();
  const stop = await serveMetrics(server, { ...server.config, metrics: { host: '127.0.0.1', port } });
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await answer.text();
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(text).toMatch(/^cstims_invoices_undrawn 1$/m);
  expect(text).toMatch(/^cstims_emails\{state="held"\} 2$/m);
  expect(text).toMatch(/^cstims_billing_run_seconds\{what="failed"\} 0$/m);
  expect(text).toMatch(/^cstims_billing_run_seconds\{what="ended"\} 1\d{9}/m);
  expect(text).toMatch(/^process_resident_memory_bytes /m);
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  await stop?.();
});

test('without an address no metrics are served', async () => {
  expect(await serveMetrics(database.server, database.server.config)).toBeNull();
});
