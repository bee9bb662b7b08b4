import { parseArgs } from 'node:util';
import { formatMoney } from '#shared/billing/money.ts';
import { dayOf } from '#shared/billing/period.ts';
import { isDay } from '#shared/engine/field.ts';
import { openDatabase } from '../database/open-database.ts';
import { readConfig } from '../config.ts';
import { drawInvoices } from '../invoices/pdf/draw-invoices.ts';
import { nextRun } from '../invoices/next-run.ts';
import { printRun } from '../invoices/print-run.ts';
import { settings } from '../settings/settings.ts';
import { makeInvoices, type Report } from '../invoices/make-invoices.ts';
import { openServer } from '../open-server.ts';

/** `npm run jobs -- make-invoices [--day YYYY-MM-DD]`: starts a billing run. A future day is only previewed. */
const usage = 'usage: npm run jobs -- make-invoices [--day YYYY-MM-DD]';

try {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { day: { type: 'string' } } });
  const [name] = positionals;
  if (name !== 'make-invoices' || positionals.length > 1) throw new Error(usage);
  if (values.day !== undefined && !isDay(values.day))
    throw new Error(`--day is not valid: "${values.day}" is no day\n${usage}`);
  await run(values.day);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function run(day: string | undefined): Promise<void> {
  const config = readConfig();
  const database = await openDatabase(config);
  const server = openServer(config, database.url);
  try {
    const { timeZone } = await settings(server);
    if (day !== undefined && day > dayOf(server.now(), timeZone)) {
      printRun(await nextRun(server, day));
      return;
    }
    const report = await makeInvoices(server, day);
    print(report);
    console.log(`${await drawInvoices(server)} PDFs drawn; e-mails go out with the running server`);
    if (report.failed.length > 0) process.exitCode = 1;
  } finally {
    await server.db.close();
    await database.release();
  }
}

function print({ day, invoices, held, waiting, failed }: Report): void {
  console.log(`Billing run for ${day}`);
  for (const { client, number, total, charges } of invoices) {
    const sum = formatMoney(total, 'EUR', 'en');
    console.log(`  ${number ?? ''}  ${sum}  client ${client}`);
    for (const { order, from, to, amount } of charges) {
      console.log(`      [${from}, ${to})  ${formatMoney(amount, 'EUR', 'en')}  order ${order}`);
    }
  }
  for (const { order, reason } of held) console.log(`  held: order ${order} (${reason})`);
  for (const client of waiting) console.log(`  waits for a billing identity: client ${client}`);
  for (const { client, error } of failed) console.log(`  failed: client ${client}: ${error}`);
  console.log(
    `${invoices.length} invoices, ${held.length} held, ${waiting.length} waiting, ${failed.length} failed`,
  );
}
