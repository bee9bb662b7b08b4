import { type FileDocument, fileTypes, mostFileBytes } from '#shared/files/schema.ts';
import type { EmailOrigin } from '#shared/tickets/message-schema.ts';
import { storeAttachment } from '../../files/stored-files.ts';
import { typeOf } from '../../files/upload.ts';
import type { Tx } from '../../context.ts';
import type { MailPart } from './parse-mail.ts';
import { splitReply } from './split-reply.ts';

/* What becomes of an e-mail in a ticket: the text of a message, its files, and what the message does not show. */

/** A message has at most 20,000 characters. */
const mostShown = 20_000;

export type MailContent = { subject: string; text: string; attachments: readonly MailPart[] };
export type MailMessage = { body: string; email: EmailOrigin; files: StorableFile[] };

/**
 * The message of an e-mail.
 *
 * @param ours the names and addresses that we send e-mails with, by which a quoted e-mail of ours is recognized; null: the
 *   e-mail is no answer, so nothing of it is folded away
 */
export async function messageOf(
  { subject, text, attachments }: MailContent,
  { ours, isVerified }: { ours: readonly string[] | null; isVerified: boolean },
): Promise<MailMessage> {
  const { shown, folded } = ours ? splitReply(text, { subject, ours }) : { shown: text, folded: '' };
  const files = await storableFiles(attachments);
  const body = shown.trim() === '' ? withoutText(files) : shown.slice(0, mostShown);
  const otherParts = attachments.length - files.length;
  const cut = Math.max(0, shown.length - mostShown);
  return { body, email: { isVerified, folded: folded.length, cut, otherParts }, files };
}

const withoutText = (files: readonly StorableFile[]) =>
  files
    .map(({ fileName }) => fileName)
    .join(', ')
    .slice(0, mostShown) || '(no text)';

type StorableFile = { bytes: Buffer; mediaType: FileDocument['mediaType']; fileName: string };

/** The attachments that may be stored as files. Their type is detected from their content. */
async function storableFiles(attachments: readonly MailPart[]): Promise<StorableFile[]> {
  const found: StorableFile[] = [];
  for (const { content, fileName } of attachments) {
    if (content.length === 0 || content.length > mostFileBytes) continue;
    const type = await typeOf(content);
    const mediaType = fileTypes.find((known) => known === type);
    if (mediaType) found.push({ bytes: content, mediaType, fileName });
  }
  return found;
}

/** Stores the files of an e-mail with its message. */
export async function storeFilesOf(
  tx: Tx,
  files: readonly StorableFile[],
  place: { message: string; ticket: string; visibility?: FileDocument['visibility'] },
): Promise<void> {
  for (const each of files) await storeAttachment(tx, { visibility: 'client', ...place, ...each });
}
