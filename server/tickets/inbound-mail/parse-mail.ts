import { createHash } from 'node:crypto';
import EmailReplyParser from 'email-reply-parser';
import type { AddressObject, Attachment, ParsedMail } from 'mailparser';

/** The parts of a received e-mail that decide where it goes. */
export type IncomingMail = {
  /** SHA-256 of the Message-ID and content. It is the same if an e-mail is delivered twice. */
  key: string;
  sender: string;
  senderName: string;
  /** Lower-case addresses: first from the envelope, then from the header. */
  recipients: string[];
  subject: string;
  /** The text without quoted e-mails, or the whole text if nothing else is left. */
  reply: string;
  /** The whole text. */
  text: string;
  /** Message-IDs of the e-mails that it answers. */
  references: string[];
  /** Why the e-mail counts as automatic and must not be answered. Null if a person wrote it. */
  robot: string | null;
  attachments: Attachment[];
};

export type Envelope = { from: string; to: readonly string[] };

/** Longer texts are cut to this number of characters. The raw e-mail still contains the rest. */
const maxTextLength = 20_000;

/** Loaded with the first e-mail, because most servers and threads never parse one. */
export const mailparser = () => import('mailparser');

/** Parses an e-mail. Parts that cannot be read are left empty. */
export async function parseMail(raw: Buffer, envelope: Envelope): Promise<IncomingMail> {
  const { simpleParser } = await mailparser();
  const mail = await simpleParser(raw, { skipImageLinks: true, skipTextToHtml: true });
  const from = mail.from?.value[0];
  const text = cleanText(mail.text ?? '');
  const subject = singleLine(mail.subject ?? '', 300);
  const sender = (from?.address || envelope.from).trim().toLowerCase(); // the address can be present but empty
  return {
    key: keyOf(mail, { sender, subject, text }),
    sender: sender.slice(0, 254),
    senderName: singleLine(from?.name ?? '', 120) || singleLine(sender, 120),
    recipients: recipientsOf(mail, envelope),
    subject,
    reply: replyIn(text),
    text,
    references: [mail.inReplyTo, mail.references].flat().filter((each) => each !== undefined),
    robot: automaticReason(mail, envelope, subject),
    attachments: mail.attachments,
  };
}

function keyOf(mail: ParsedMail, parts: { sender: string; subject: string; text: string }): string {
  // Only the content that no mail server changes: headers are added and rewritten on the way.
  const files = mail.attachments.map(({ checksum }) => checksum);
  const content = JSON.stringify([mail.messageId ?? '', parts.sender, parts.subject, parts.text, files]);
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

/** Detects automatic e-mails (RFC 3834 and older conventions). They are never answered and never become messages. */
function automaticReason({ headers }: ParsedMail, envelope: Envelope, subject: string): string | null {
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
  if (outOfOffice.test(subject)) return 'auto-reply';
  return null;
}

/** Subjects of out-of-office replies from large mail systems that send no header for them. */
const outOfOffice =
  /^(?:(?:re|rv): *)?(?:automatic reply|auto(?:matic)? ?response|out of (?:the )?office|respuesta autom[aá]tica|fuera de (?:la )?oficina|ausente)\b/i;

function replyIn(text: string): string {
  const visible = new EmailReplyParser().read(text).getVisibleText().trim();
  return (visible || text).slice(0, maxTextLength);
}

function cleanText(text: string): string {
  return text.replaceAll('\0', '').replaceAll('\r\n', '\n').trim().slice(0, maxTextLength);
}

function singleLine(text: string, maxLength: number): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, maxLength);
}
