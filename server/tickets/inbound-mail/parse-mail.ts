import { createHash } from 'node:crypto';
import { simpleParser, type AddressObject, type ParsedMail } from 'mailparser';
import { canonicalEmail } from '#shared/people/email-address.ts';
import { textOfMail } from './mail-text.ts';

/*
 * Parses an e-mail. It runs in a thread of its own (parse-thread.ts), because somebody can write an e-mail that takes a
 * parser hours or all memory.
 */

/** A part of an e-mail that is no text of it. */
export type MailPart = { fileName: string; mediaType: string; content: Buffer };

/** The parts of a received e-mail that decide where it goes. */
export type IncomingMail = {
  /** SHA-256 of the Message-ID (or date) and content. It is the same if an e-mail is delivered twice. */
  key: string;
  sender: string;
  senderName: string;
  /** Canonical addresses: first from the envelope, then from the header. */
  recipients: string[];
  subject: string;
  /** The whole text. */
  text: string;
  /** The HTML as it was sent. It must not be shown as it is. */
  html: string;
  /** Message-IDs of the e-mails that it answers. */
  references: string[];
  /** Why the e-mail counts as automatic and must not be answered. Null if a person wrote it. */
  robot: string | null;
  /** The newest header Authentication-Results (RFC 8601), which the mail server in front adds. Empty if there is none. */
  authenticationResults: string;
  attachments: MailPart[];
};

export type Envelope = { from: string; to: readonly string[] };

/** Parses an e-mail. Parts that cannot be read are left empty. @throws if the parser does */
export async function parseMail(raw: Buffer, envelope: Envelope): Promise<IncomingMail> {
  const mail = await simpleParser(withRealCharset(raw), {
    skipImageLinks: true,
    skipHtmlToText: true, // its conversion has no limits
    skipTextToHtml: true,
  });
  const senders = mail.from?.value ?? [];
  const [from] = senders;
  const html = mail.html === false ? '' : mail.html;
  const text = cleanText(textOfMail({ text: cleanText(mail.text ?? ''), html }));
  const subject = singleLine(mail.subject ?? '', 300);
  const sender = canonicalEmail(from?.address || envelope.from); // the address can be present but empty
  return {
    key: keyOf(mail, { sender, subject, text }),
    sender: sender.slice(0, 254),
    senderName: singleLine(from?.name ?? '', 120) || singleLine(sender, 120),
    recipients: recipientsOf(mail, envelope),
    subject,
    text,
    html,
    references: [mail.inReplyTo, mail.references].flat().filter((each) => each !== undefined),
    robot: automaticReason(mail, envelope),
    // A check of one address says nothing about an e-mail that names two senders.
    authenticationResults: senders.length === 1 ? authenticationResultsOf(mail) : '',
    attachments: mail.attachments.map(({ filename, contentType, content }) => ({
      fileName: singleLine(filename ?? '', 120) || 'file',
      mediaType: contentType,
      content,
    })),
  };
}

/**
 * Many programs say ISO 8859-1 and write Windows-1252, which has quotation marks and the euro sign where the other has
 * nothing. Browsers read both as Windows-1252 (WHATWG Encoding).
 */
function withRealCharset(raw: Buffer): Buffer {
  const text = raw.toString('latin1');
  // Bytes, or quoted-printable, of characters that only Windows-1252 has.
  if (!/[\x80-\x9f]|=[89][0-9A-F]/.test(text)) return raw;
  const declared = /^(content-type:[^\n]{0,200}charset="?)iso-8859-1\b/gim;
  return Buffer.from(text.replace(declared, '$1windows-1252'), 'latin1');
}

function keyOf(mail: ParsedMail, parts: { sender: string; subject: string; text: string }): string {
  // Only the content that no mail server changes: headers are added and rewritten on the way.
  const files = mail.attachments.map(({ checksum }) => checksum);
  // Without an id the date tells the same words of two days apart.
  const id = mail.messageId ?? mail.date?.toISOString() ?? '';
  const content = JSON.stringify([id, parts.sender, parts.subject, parts.text, files]);
  return createHash('sha256').update(content).digest('hex');
}

function recipientsOf(mail: ParsedMail, envelope: Envelope): string[] {
  const inHeader = [mail.to, mail.cc, mail.headers.get('delivered-to'), mail.headers.get('x-original-to')]
    .flat()
    .flatMap((each) => addressesIn(each));
  return [...new Set([...envelope.to, ...inHeader].map(canonicalEmail))];
}

function addressesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || !('value' in value)) return [];
  return (value as AddressObject).value.flatMap(({ address, group }) =>
    group ? group.flatMap((each) => each.address ?? []) : (address ?? []),
  );
}

/**
 * Detects automatic e-mails by their headers (RFC 3834 and older conventions). They are never answered and never become
 * messages. Words of the subject decide nothing, and neither do mailing lists: people write through them.
 */
function automaticReason({ headers }: ParsedMail, envelope: Envelope): string | null {
  const value = (name: string) => {
    const found: unknown = headers.get(name);
    return typeof found === 'string' ? found.toLowerCase().trim() : '';
  };
  if (envelope.from === '') return 'bounce';
  const type = headers.get('content-type') as { value?: string } | undefined;
  if (type?.value?.startsWith('multipart/report')) return 'bounce';
  const auto = value('auto-submitted');
  if (auto !== '' && !auto.startsWith('no')) return 'auto-submitted';
  const precedence = value('precedence');
  if (/^auto[_-]reply/.test(precedence)) return 'auto-reply';
  if (/^(?:bulk|junk)/.test(precedence) && !headers.has('list')) return 'precedence';
  if (['x-autoreply', 'x-autorespond', 'x-auto-reply'].some((name) => headers.has(name))) return 'auto-reply';
  return null;
}

function authenticationResultsOf({ headerLines }: ParsedMail): string {
  const newest = headerLines.find(({ key }) => key === 'authentication-results');
  return (newest?.line ?? '').slice(0, 5_000);
}

function cleanText(text: string): string {
  return text.replaceAll('\0', '').replaceAll('\r\n', '\n').trim();
}

export function singleLine(text: string, maxLength: number): string {
  return text
    .slice(0, maxLength * 4)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, maxLength);
}
