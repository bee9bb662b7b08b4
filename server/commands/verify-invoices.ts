import { readConfig } from '../config.ts';
import { openDatabase } from '../database/open-database.ts';
import { settings } from '../settings/settings.ts';
import { addEvent, type EventKind } from '../invoices/verifactu/events.ts';
import { Fault } from '../invoices/chain-fault.ts';
import { verifyInvoices } from '../invoices/verify.ts';
import { transact, jobWriter } from '../context.ts';
import { openServer } from '../open-server.ts';

/** `npm run invoices:verify`: reads everything that was issued; ends with 1 and the first fault where there is one. */
const config = readConfig(process.env);
const database = await openDatabase(config);
const server = openServer(config, database.url);
// All that is compared is read in one snapshot, by one connection: work that goes on beside it changes nothing here.
const snapshot = openServer(config, database.url, 1);
try {
  await tell('03', 'everything issued is compared with its records');
  await snapshot.db.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const { invoices, charges, files, undrawn } = await verifyInvoices(snapshot);
  const later = undrawn > 0 ? `, ${undrawn} still to be drawn` : '';
  console.log(`${invoices} invoices, ${charges} charges, ${files} PDFs${later}: all as they were issued`);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  await tell('04', error.message);
  console.error(`not as it was issued: ${error.message}`);
  process.exitCode = 1;
} finally {
  await snapshot.db.close();
  await server.db.close();
  await database.release();
}

/** A check, and what it finds, are events where there are records for the tax office. */
async function tell(kind: EventKind, detail: string): Promise<void> {
  if ((await settings(server)).verifactu === 'off') return;
  const writer = jobWriter(server, 'command');
  await transact(server, writer, (tx) => addEvent(tx, kind, detail));
}
