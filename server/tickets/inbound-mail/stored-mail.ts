import type { Transaction } from 'sequelize';
import { chunkSize } from '../../files/stored-files.ts';
import type { ServerRow } from '../../models/models.ts';
import { findRows } from '../../models/rows.ts';
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

/** The bytes of a received e-mail. Empty: a message of the contact form, or the e-mail was redacted. */
export async function rawMail(server: Server, mail: string, transaction?: Transaction): Promise<Buffer> {
  const chunks = await findRows(server.models.mailChunks, { where: { mail }, order: ['n'], transaction });
  return Buffer.concat(chunks.map(({ bytes }) => bytes));
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
