import { createServer } from 'node:http';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { Op, QueryTypes } from 'sequelize';
import type { Config } from './config.ts';
import type { Server } from './context.ts';
import { findRow } from './models/rows.ts';

/**
 * Serves metrics for Prometheus at a separate address that no proxy exposes: metrics of the process, and the state of
 * the work in the database at the time of the request.
 *
 * @returns a function that stops it, or null if no address is set
 */
export async function serveMetrics(server: Server, config: Config): Promise<(() => Promise<void>) | null> {
  if (!config.metrics) return null;
  const registry = registryOf(server);
  const http = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (error: unknown) => {
        server.log.warn({ error }, 'metrics could not be read');
        response.writeHead(503).end();
      },
    );
  });
  const { host, port } = config.metrics;
  await new Promise<void>((done, failed) => {
    http.once('error', failed);
    http.listen(port, host, done);
  });
  return () => {
    http.closeAllConnections();
    return new Promise((done) => http.close(() => done()));
  };
}

/** Defines the metrics of a server. Each one reads the database when it is collected. */
export function registryOf(server: Server): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { models } = server;
  const registers = [registry];
  new Gauge({
    name: 'cstims_emails',
    help: 'E-mails of the outbox by state',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset();
      for (const { state, n } of await byState(server, 'outbox')) this.set({ state }, n);
    },
  });
  new Gauge({
    name: 'cstims_tax_office_records',
    help: 'Records for the tax office by state',
    registers,
    labelNames: ['state'],
    async collect() {
      this.reset();
      for (const { state, n } of await byState(server, 'verifactu_records')) this.set({ state }, n);
    },
  });
  new Gauge({
    name: 'cstims_invoices_undrawn',
    help: 'Issued invoices without their PDF',
    registers,
    async collect() {
      this.set(await models.invoices.count({ where: { pdfHash: null, number: { [Op.ne]: null } } }));
    },
  });
  new Gauge({
    name: 'cstims_open_tickets',
    help: 'Open tickets',
    registers,
    async collect() {
      this.set(await models.tickets.count({ where: { status: 'open' } }));
    },
  });
  new Gauge({
    name: 'cstims_billing_run_seconds',
    help: 'The last billing run: when it ended (Unix time), how long it took, whether it failed',
    labelNames: ['what'],
    registers,
    async collect() {
      const row = await findRow(models.runs, {
        where: { endedAt: { [Op.ne]: null } },
        order: [['endedAt', 'DESC']],
      });
      if (!row || row.endedAt === null) return;
      const { startedAt, endedAt, error } = row;
      this.set({ what: 'ended' }, endedAt / 1_000);
      this.set({ what: 'took' }, (endedAt - startedAt) / 1_000);
      this.set({ what: 'failed' }, error === null ? 0 : 1);
    },
  });
  return registry;
}

async function byState(
  { db }: Server,
  table: 'outbox' | 'verifactu_records',
): Promise<{ state: string; n: number }[]> {
  const rows = await db.query<{ state: string; n: string }>(
    `SELECT state, COUNT(*) AS n FROM ${table} GROUP BY state`,
    { type: QueryTypes.SELECT },
  );
  return rows.map(({ state, n }) => ({ state, n: Number(n) }));
}
