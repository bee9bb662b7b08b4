import { chunkSize } from '../../files/stored-files.ts';
import type { ServerRow } from '../../models/models.ts';
import { findRow, findRows } from '../../models/rows.ts';
import type { Server, Tx } from '../../context.ts';

/* Received e-mails are kept as they came. A row of the database has to fit into one packet, so they are kept in pieces. */

export type MailRow = ServerRow<'incoming'>;

/** Stores a received e-mail and its bytes. */
export async function storeMail({ server, transaction }: Tx, row: MailRow, raw: Buffer): Promise<void> {
  await server.models.incoming.create(row, { transaction });
  for (let n = 0; n * chunkSize < raw.length; n += 1) {
    const bytes = raw.subarray(n * chunkSize, (n + 1) * chunkSize);
    await server.models.mailChunks.create({ mail: row.id, n, bytes }, { transaction });
  }
}

/** Yields the bytes of a received e-mail piece by piece. None: a message of the contact form, or the e-mail was redacted. */
export async function* mailChunksIn(server: Server, mail: string): AsyncGenerator<Buffer> {
  for (let n = 0; ; n += 1) {
    const row = await findRow(server.models.mailChunks, { where: { mail, n } });
    if (!row) return;
    yield row.bytes;
  }
}

/** The bytes of a received e-mail. */
export async function rawMail(server: Server, mail: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of mailChunksIn(server, mail)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Removes the content of the e-mail that a message arrived in. */
export async function eraseMailOf({ server, transaction }: Tx, message: string): Promise<void> {
  const mails = await findRows(server.models.incoming, {
    where: { message },
    attributes: ['id'],
    transaction,
  });
  for (const { id } of mails) {
    await server.models.mailChunks.destroy({ where: { mail: id }, transaction });
    await server.models.incoming.update({ body: '', subject: '' }, { where: { id }, transaction });
  }
}
