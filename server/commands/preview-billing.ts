import { parseArgs } from 'node:util';
import { isDay } from '#shared/engine/field.ts';
import { formatMoney } from '#shared/billing/money.ts';
import { readConfig } from '../config.ts';
import { openDatabase } from '../database/open-database.ts';
import { nextRun } from '../invoices/next-run.ts';
import { previewFile } from '../invoices/preview-file.ts';
import { printRun } from '../invoices/print-run.ts';
import { openServer } from '../open-server.ts';
import type { NextRun } from '#shared/invoices/api.ts';

/**
 * `npm run billing:preview -- --until YYYY-MM-DD [--file orders.json] [--json]`: prints what a billing run for
 * that day would charge, for the installation's orders or for those in a file. It changes nothing.
 */
const usage = 'usage: npm run billing:preview -- --until YYYY-MM-DD [--file orders.json] [--json]';

try {
  const options = { until: { type: 'string' }, file: { type: 'string' }, json: { type: 'boolean' } } as const;
  const { values } = parseArgs({ options });
  const { until, file, json = false } = values;
  if (until === undefined) throw new Error(usage);
  if (!isDay(until)) throw new Error(`--until is not valid: "${until}" is no day\n${usage}`);
  if (file !== undefined) printFile(previewFile(file, until), json);
  else await printInstallation(until, json);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function printFile({ charges, held }: ReturnType<typeof previewFile>, json: boolean): void {
  if (json) return console.log(JSON.stringify({ charges, held }));
  for (const { order, client, from, to, amount, currency, due } of charges) {
    console.log(
      `${due}  [${from}, ${to})  ${formatMoney(amount, currency, 'en')}  order ${order} of ${client}`,
    );
  }
  for (const { order, reason } of held) console.log(`held: order ${order} (${reason})`);
  console.log(`${charges.length} charges, ${held.length} held`);
}

async function printInstallation(until: string, json: boolean): Promise<void> {
  const config = readConfig();
  const database = await openDatabase(config);
  const server = openServer(config, database.url);
  try {
    const run = await nextRun(server, until);
    if (json) console.log(JSON.stringify(asFileForm(run)));
    else printRun(run);
  } finally {
    await server.db.close();
    await database.release();
  }
}

function asFileForm({ clients, held, currency }: NextRun) {
  const charges = clients
    .flatMap(({ client, charges: due }) => due.map((charge) => ({ client, charge })))
    .map(({ client, charge: { order, from, to, amount, due } }) => {
      return { order, client, from, to, amount, currency, due };
    });
  return {
    charges: charges.sort((a, b) =>
      a.order === b.order ? (a.from < b.from ? -1 : 1) : a.order < b.order ? -1 : 1,
    ),
    held: held.map(({ order }) => ({ order, reason: 'too-many-charges' })),
  };
}
