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
 * One billing run in its own process with its own clock. It issues, draws and delivers as the job does, and
 * then exits. The job first applies what was scheduled for orders. A run in which that step failed must still
 * bill what was planned, so this step can be left out.
 */
const { DATABASE_URL: url = '', CLOCK: clock = '', APPLIES_SCHEDULED: appliesScheduled = '' } = process.env;
const server = { ...openServer(readConfig(), url, 2), atStep: stopAt };
const offset = Number(clock) - Date.now();
server.now = () => Date.now() + offset;
const transport = openTransport(server.config, Date.now);
if (appliesScheduled === 'yes') await applyScheduled(server);
await makeInvoices(server);
await drawInvoices(server);
for (let n = 0; n < 20 && (await deliverDue(server, { transport, render: renderEmail })) > 0; n += 1);
transport.close();
await server.db.close();
process.exit();
