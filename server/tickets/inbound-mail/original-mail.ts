import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/people/actor.ts';
import { view } from '#shared/rights.ts';
import type { OriginalMail } from '#shared/tickets/api.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { queuesOf } from '#shared/tickets/queues.ts';
import { findDocument } from '#sync/server/row.ts';
import type { Server } from '../../context.ts';
import { findRow } from '../../models/rows.ts';
import { openMailReader, type MailReader, type ReadMail } from './read-mail.ts';
import { rawMail, type MailRow } from './stored-mail.ts';

/* A received e-mail as it came: text, HTML, every part, and the raw source. Who may see its message may see all of it. */

/** More HTML than this is only downloaded. */
const mostHtml = 1_000_000;

const readers = new WeakMap<Server, MailReader>();

/** The thread in which this server parses e-mails that people open. */
export function readerOf(server: Server): MailReader {
  const reader = readers.get(server) ?? openMailReader();
  readers.set(server, reader);
  return reader;
}

/** The whole e-mail of a message, or an e-mail of the list of unmatched ones. @throws DomainError 'not-found' */
export async function originalMail(
  server: Server,
  actor: Actor,
  wanted: { message: string } | { id: string },
): Promise<OriginalMail> {
  const row = await findMail(server, actor, wanted);
  const { mail, raw } = await readWhole(server, row);
  const isTooLong = mail.html.length > mostHtml;
  return {
    id: row.id,
    from: `${row.senderName} <${row.sender}>`,
    subject: row.subject,
    receivedAt: row.receivedAt,
    bytes: raw.length,
    isReadable: mail.isReadable,
    text: mail.text.slice(0, mostHtml),
    html: isTooLong ? '' : mail.html,
    isCut: isTooLong || mail.text.length > mostHtml,
    parts: mail.attachments.map(({ fileName, mediaType, content }, n) => ({
      n,
      fileName,
      mediaType,
      bytes: content.length,
    })),
  };
}

/** One part of an e-mail, or its raw source. @throws DomainError 'not-found' */
export async function partOfMail(
  server: Server,
  actor: Actor,
  { id, part }: { id: string; part: number | 'raw' },
): Promise<{ fileName: string; content: Buffer }> {
  const row = await findMail(server, actor, { id });
  if (part === 'raw') return { fileName: 'e-mail.eml', content: await rawMail(server, row.id) };
  const found = (await readWhole(server, row)).mail.attachments[part];
  if (!found) throw new DomainError('not-found', 'part');
  return found;
}

async function readWhole(server: Server, { id, sender }: MailRow): Promise<{ mail: ReadMail; raw: Buffer }> {
  const raw = await rawMail(server, id);
  if (raw.length === 0) throw new DomainError('not-found', 'id'); // redacted, or a message of the contact form
  return { mail: await readerOf(server).read(raw, { from: sender, to: [] }), raw };
}

async function findMail(
  server: Server,
  actor: Actor,
  where: { message: string } | { id: string },
): Promise<MailRow> {
  const row = await findRow(server.models.incoming, { where });
  if (!row) throw new DomainError('not-found', 'id');
  if (row.message === null) {
    if (queuesOf(actor.role).includes(row.queue)) return row;
    throw new DomainError('not-found', 'id');
  }
  const message = await findDocument(server, messages, { where: { id: row.message } });
  if (!message || message.redacted || !view(actor, 'messages', message))
    throw new DomainError('not-found', 'id');
  return row;
}
