import { createHash } from 'node:crypto';
import EmailReplyParser from 'email-reply-parser';
import type { AddressObject, Attachment, ParsedMail } from 'mailparser';

/** A mail that came in, as far as anything is decided by it. */
export type IncomingMail = {
  /** SHA-256 over Message-ID and content: the same mail delivered twice has the same. */
  key: string;
  sender: string;
  senderName: string;
  /** Of the envelope first, then what the header says: lower case. */
  recipients: string[];
  subject: string;
  /** What the writer said, without what they quoted; all of it where nothing would be left. */
  reply: string;
  /** All of the text. */
  text: string;
  /** Ids of the mails it answers. */
  references: string[];
  /** Why nobody is to be answered for it, or null: it was written by a person. */
  robot: string | null;
  attachments: Attachment[];
};

export type Envelope = { from: string; to: readonly string[] };

/** Longest texts that are kept; what is beyond stays in the raw mail. */
const mostText = 20_000;

/** Loaded with the first mail that is read: most servers and threads read none. */
export const mailparser = () => import('mailparser');

/** Reads a mail, whatever state it is in: what can't be read is empty. */
export async function parseMail(raw: Buffer, envelope: Envelope): Promise<IncomingMail> {
  const { simpleParser } = await mailparser();
  const mail = await simpleParser(raw, { skipImageLinks: true, skipTextToHtml: true });
  const from = mail.from?.value[0];
  const text = clean(mail.text ?? '');
  const subject = line(mail.subject ?? '', 300);
  const sender = (from?.address || envelope.from).trim().toLowerCase(); // an address may be there and empty
  return {
    key: keyOf(mail, { sender, subject, text }),
    sender: sender.slice(0, 254),
    senderName: line(from?.name ?? '', 120) || line(sender, 120),
    recipients: recipientsOf(mail, envelope),
    subject,
    reply: replyIn(text),
    text,
    references: [mail.inReplyTo, mail.references].flat().filter((each) => each !== undefined),
    robot: robotIn(mail, envelope, subject),
    attachments: mail.attachments,
  };
}

function keyOf(mail: ParsedMail, said: { sender: string; subject: string; text: string }): string {
  // Of the content only what no transport changes: headers are added and rewritten on the way.
  const files = mail.attachments.map(({ checksum }) => checksum);
  const content = JSON.stringify([mail.messageId ?? '', said.sender, said.subject, said.text, files]);
  return createHash('sha256').update(content).digest('hex');
}

function recipientsOf(mail: ParsedMail, envelope: Envelope): string[] {
  const inHeader = [mail.to, mail.cc, mail.headers.get('delivered-to'), mail.headers.get('x-original-to')]
    .flat()
    .flatMap((each) => addressesIn(each));
  return [...new Set([...envelope.to, ...inHeader].map((address) => address.trim().toLowerCase()))];
}

function addressesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || !('value' in value)) return [];
  return (value as AddressObject).value.flatMap(({ address, group }) =>
    group ? group.flatMap((each) => each.address ?? []) : (address ?? []),
  );
}

/** RFC 3834 and what came before it: answers of machines are never answered, nor taken for somebody's words. */
function robotIn({ headers }: ParsedMail, envelope: Envelope, subject: string): string | null {
  const value = (name: string) => {
    const found: unknown = headers.get(name);
    return typeof found === 'string' ? found.toLowerCase().trim() : '';
  };
  if (envelope.from === '') return 'bounce';
  const type = headers.get('content-type') as { value?: string } | undefined;
  if (type?.value?.startsWith('multipart/report')) return 'bounce';
  const auto = value('auto-submitted');
  if (auto !== '' && !auto.startsWith('no')) return 'auto-submitted';
  if (/^(bulk|junk|list|auto_reply|auto-reply)/.test(value('precedence'))) return 'precedence';
  if (['x-autoreply', 'x-autorespond', 'x-auto-reply'].some((name) => headers.has(name))) return 'auto-reply';
  if (absence.test(subject)) return 'auto-reply';
  return null;
}

/** As the larger mail systems call an answer that somebody is away, where they send no header. */
const absence =
  /^(?:(?:re|rv): *)?(?:automatic reply|auto(?:matic)? ?response|out of (?:the )?office|respuesta autom[aá]tica|fuera de (?:la )?oficina|ausente)\b/i;

function replyIn(text: string): string {
  const visible = new EmailReplyParser().read(text).getVisibleText().trim();
  return (visible || text).slice(0, mostText);
}

function clean(text: string): string {
  return text.replaceAll('\0', '').replaceAll('\r\n', '\n').trim().slice(0, mostText);
}

function line(text: string, most: number): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, most);
}
