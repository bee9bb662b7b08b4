import type { FileDocument } from '#shared/files/schema.ts';
import { invoices } from '#shared/invoices/schema.ts';
import { findDocument } from '#sync/server/row.ts';
import type { Tx } from '../context.ts';
import { notify } from '../people/notify.ts';

/** E-mails the client, with the reason, when a proof of payment is refused. */
export async function notifyOfRefusedProof(
  tx: Tx,
  { before, after: file }: { before: FileDocument | null; after: FileDocument },
): Promise<void> {
  if (!before || before.state === 'refused' || file.state !== 'refused') return;
  const { server, transaction } = tx;
  const invoice = await findDocument(server, invoices, { where: { id: file.invoice }, transaction });
  await notify(tx, file.client, {
    kind: 'proof-refused',
    document: file.id,
    payload: { invoice: file.invoice ?? '', number: invoice?.number ?? '', reason: file.reason ?? '' },
  });
}
