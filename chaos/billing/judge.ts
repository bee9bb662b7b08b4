import { oracleCharges } from '#shared/billing/charges.oracle.ts';
import type { Day } from '#shared/billing/day.ts';
import { findDocuments } from '#sync/server/row.ts';
import { Fault } from '../../server/invoices/chain-fault.ts';
import { verifyInvoices } from '../../server/invoices/verify.ts';
import type { Mail } from '../../server/test/smtp.ts';
import type { Server } from '../../server/context.ts';
import { orders } from '#shared/orders/schema.ts';

/** The lists name one fault in each entry. */
export type Verdict = {
  invoices: number;
  charges: number;
  files: number;
  emails: number;
  /**
   * E-mails that arrived more than once. This happens when a run is killed after the mail server accepted an
   * e-mail and before it is recorded as sent.
   */
  emailsTwice: number;
  missing: string[];
  tooMuch: string[];
  notAsIssued: string[];
  emailsWrong: string[];
};

/** Compares the charges in the database with those that the oracle computes, day by day, for the same orders. */
export async function judge(server: Server, mails: readonly Mail[], until: Day): Promise<Verdict> {
  const expected = oracleCharges(await findDocuments(server, orders), [], until).charges.map(
    ({ order, from, to, amount }) => `${order} [${from}, ${to}) ${amount}`,
  );
  const [rows] = await server.db.query(
    'SELECT order_id AS `order`, from_day AS `from`, to_day AS `to`, amount FROM charges',
  );
  const actual = (rows as { order: string; from: string; to: string; amount: string }[]).map(
    ({ order, from, to, amount }) => `${order} [${from}, ${to}) ${Number(amount)}`,
  );
  const verified = await verifyInvoices(server).catch((error: unknown) => {
    if (error instanceof Fault) return error.message;
    throw error;
  });
  const [emails] = await server.db.query(
    "SELECT kind, document, state, message_id AS messageId FROM outbox WHERE state <> 'cancelled'",
  );
  const sent = emails as { kind: string; document: string; state: string; messageId: string }[];
  const arrived = Map.groupBy(mails, ({ messageId }) => messageId);
  const issued = sent.filter(({ kind }) => kind === 'invoice-issued');
  const known = typeof verified === 'string' ? { invoices: 0, files: 0, undrawn: 0 } : verified;
  return {
    invoices: known.invoices,
    charges: actual.length,
    files: known.files,
    emails: sent.length,
    emailsTwice: [...arrived.values()].filter(({ length }) => length > 1).length,
    missing: expected.filter((each) => !actual.includes(each)),
    tooMuch: [
      ...actual.filter((each) => !expected.includes(each)),
      ...actual.filter((each, i) => actual.indexOf(each) !== i),
    ],
    notAsIssued: [
      ...(typeof verified === 'string' ? [verified] : []),
      ...(known.undrawn > 0 ? [`${known.undrawn} were not drawn`] : []),
    ],
    emailsWrong: [
      ...sent.filter(({ state }) => state !== 'sent').map(({ kind, state }) => `${kind} is ${state}`),
      ...sent
        .filter(({ state, messageId }) => state === 'sent' && !arrived.has(messageId))
        .map(({ kind }) => `${kind} never came`),
      ...(issued.length === 2 * known.invoices
        ? []
        : [`${issued.length} e-mails of ${known.invoices} invoices, two each`]),
    ],
  };
}
