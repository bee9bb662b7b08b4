import type { Readable } from 'node:stream';
import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/people/actor.ts';
import { view } from '#shared/rights.ts';
import type { OriginalMail } from '#shared/tickets/api.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { queuesOf } from '#shared/tickets/queues.ts';
import { findDocument } from '#sync/server/row.ts';
import type { Server } from '../../context.ts';
import { inUnnamedFile } from '../../files/unnamed-file.ts';
import { findRow } from '../../models/rows.ts';
import { createSlots, type Slots } from '../../limits/slots.ts';
import type { MailContent } from './mail-message.ts';
import { openMailReader, type MailReader, type ReadMail } from './read-mail.ts';
import { mailChunksIn, rawMail, type MailRow } from './stored-mail.ts';

/* A received e-mail as it came: text, HTML, every part, and the raw source. Who may see its message may see all of it. */

/** More HTML than this is only downloaded. */
const mostHtml = 1_000_000;

/** A parsed e-mail takes up to three times its 32 MB, so few are in memory at once. */
const mostOpen = 2;
const mostWaiting = 40;

type Opened = { reader: MailReader; slots: Slots };
const openedBy = new WeakMap<Server, Opened>();

/** The thread in which this server parses e-mails that people open, and the limit of how many it holds at once. */
function openedIn(server: Server): Opened {
  const opened = openedBy.get(server) ?? {
    reader: openMailReader(),
    slots: createSlots(mostOpen, mostWaiting),
  };
  openedBy.set(server, opened);
  return opened;
}

/** The whole e-mail of a message, or an e-mail of the list of unmatched ones. @throws DomainError 'not-found' */
export async function originalMail(
  server: Server,
  actor: Actor,
  wanted: { message: string } | { id: string },
): Promise<OriginalMail> {
  const row = await findMail(server, actor, wanted);
  return withMail(server, row, (mail, bytes) => {
    const isTooLong = mail.html.length > mostHtml;
    return Promise.resolve({
      id: row.id,
      from: `${row.senderName} <${row.sender}>`,
      subject: row.subject,
      receivedAt: row.receivedAt,
      bytes,
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
    });
  });
}

/** The content of an e-mail that staff puts into a ticket. Null: it came by the contact form. @throws DomainError 'not-found' */
export async function contentOfMail(server: Server, actor: Actor, id: string): Promise<MailContent | null> {
  const row = await findMail(server, actor, { id });
  if (row.source === 'form') return null;
  return withMail(server, row, (mail) =>
    Promise.resolve(mail.isReadable ? mail : { subject: row.subject, text: row.body, attachments: [] }),
  );
}

/** The source of an e-mail, piece by piece. @throws DomainError 'not-found' */
export async function sourceOfMail(
  server: Server,
  actor: Actor,
  id: string,
): Promise<AsyncGenerator<Buffer>> {
  await findMail(server, actor, { id });
  return mailChunksIn(server, id);
}

/**
 * One part of an e-mail, to be read piece by piece. It waits on the disk for its reader, because a slow one would hold a
 * place that others wait for. @throws DomainError 'not-found', 'too-many-requests'
 */
export async function partOfMail(
  server: Server,
  actor: Actor,
  { id, n }: { id: string; n: number },
): Promise<{ fileName: string; size: number; bytes: Readable }> {
  const row = await findMail(server, actor, { id });
  return withMail(server, row, async ({ attachments }) => {
    const part = attachments[n];
    if (!part) throw new DomainError('not-found', 'part');
    const { fileName, content } = part;
    return { fileName, size: content.length, bytes: await inUnnamedFile(content) };
  });
}

/** Parses a stored e-mail and uses it. Few at once: the others wait. */
async function withMail<T>(
  server: Server,
  { id, sender }: MailRow,
  use: (mail: ReadMail, bytes: number) => Promise<T>,
): Promise<T> {
  const { reader, slots } = openedIn(server);
  const free = await slots.take();
  if (!free) throw new DomainError('too-many-requests');
  try {
    const raw = await rawMail(server, id);
    if (raw.length === 0) throw new DomainError('not-found', 'id'); // redacted, or a message of the contact form
    return await use(await reader.read(raw, { from: sender, to: [] }), raw.length);
  } finally {
    free();
  }
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
