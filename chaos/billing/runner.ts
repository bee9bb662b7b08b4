import { renderEmail } from '../../server/render-email.ts';
import { stopAt } from '../../server/test/stepping-thread.ts';
import { readConfig } from '../../server/config.ts';
import { drawInvoices } from '../../server/invoices/pdf/draw-invoices.ts';
import { makeInvoices } from '../../server/invoices/make-invoices.ts';
import { deliverDue } from '../../server/email/deliver.ts';
import { openTransport } from '../../server/email/transport.ts';
import { openServer } from '../../server/open-server.ts';
import { applyScheduled } from '../../server/orders/apply-scheduled.ts';

/**
 * One run in a process of its own, with a clock of its own: issues, draws and delivers as the job does, and ends. The
 * job does first what was scheduled for orders. A run of which that failed bills what was planned all the same.
 */
const { DATABASE_URL: url = '', CLOCK: clock = '', CARRIES_OUT: carriesOut = '' } = process.env;
const server = { ...openServer(readConfig(process.env), url, 2), atStep: stopAt };
const offset = Number(clock) - Date.now();
server.now = () => Date.now() + offset;
const transport = openTransport(server.config);
if (carriesOut === 'yes') await applyScheduled(server);
await makeInvoices(server);
await drawInvoices(server);
for (let n = 0; n < 20 && (await deliverDue(server, { transport, render: renderEmail })) > 0; n += 1);
transport.close();
await server.db.close();
process.exit();
