import { readConfig } from '../config.ts';
import { openDatabase } from '../database/open-database.ts';
import { settings } from '../settings/settings.ts';
import { addEvent, type EventKind } from '../invoices/verifactu/events.ts';
import { Fault } from '../invoices/chain-fault.ts';
import { verifyInvoices } from '../invoices/verify.ts';
import { transact, jobWriter } from '../context.ts';
import { openServer } from '../open-server.ts';

/** `npm run invoices:verify`: checks everything that was issued. It exits with 1 at the first fault, and prints it. */
const config = readConfig();
const database = await openDatabase(config);
const server = openServer(config, database.url);
// Everything is read in one snapshot by one connection, so that concurrent writes cannot affect the comparison.
const snapshot = openServer(config, database.url, 1);
try {
  await recordEvent('03', 'everything issued is compared with its records');
  await snapshot.db.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const { invoices, charges, files, undrawn } = await verifyInvoices(snapshot);
  const later = undrawn > 0 ? `, ${undrawn} still to be drawn` : '';
  console.log(`${invoices} invoices, ${charges} charges, ${files} PDFs${later}: all as they were issued`);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  await recordEvent('04', error.message);
  console.error(`not as it was issued: ${error.message}`);
  process.exitCode = 1;
} finally {
  await snapshot.db.close();
  await server.db.close();
  await database.release();
}

/** Records the check, and what it finds, as events if there are records for the tax office. */
async function recordEvent(kind: EventKind, detail: string): Promise<void> {
  if ((await settings(server)).verifactu === 'off') return;
  const writer = jobWriter(server, 'command');
  await transact(server, writer, (tx) => addEvent(tx, kind, detail));
}
