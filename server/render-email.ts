import { people } from '#shared/people/schema.ts';
import { findDocument } from '#sync/server/row.ts';
import type { Server } from './context.ts';
import { logoCid, type Frame } from './email/compose.ts';
import type { OutboxEmail, Render } from './email/deliver.ts';
import type { EmailKind } from './email/outbox.ts';
import type { Addressed, WrittenEmail } from './email/template.ts';
import type { OutgoingMail } from './email/transport.ts';
import { emails } from './emails.ts';
import { readStoredFile, type File } from './files/stored-files.ts';
import { logoHash, readLogo } from './settings/logo.ts';
import { settings, type Settings } from './settings/settings.ts';
import { replyAddress } from './tickets/inbound-mail/reply-token.ts';

type Common = { provider: Settings; logo: Buffer | null; files: LastFile };
/** The file that was attached last. A client's invoice also goes to accounting. */
type LastFile = { last: File | null };

/** Renders e-mails of the outbox in their reader's language, with their attachments and the address for replies. */
export const renderEmail: Render = async (server) => {
  const provider = await settings(server);
  const logo = await readLogo(server, await logoHash(server));
  const files: LastFile = { last: null };
  return (email) => renderOne(server, email, { provider, logo, files });
};

async function renderOne(
  server: Server,
  email: OutboxEmail,
  { provider, logo, files }: Common,
): Promise<OutgoingMail> {
  const { kind, person } = email;
  if (!isEmailKind(kind)) throw new Error(`no e-mail is called ${kind}`);
  const reader = person ? await findDocument(server, people, { where: { id: person } }) : null;
  const { mailIn } = server.config;
  const isAboutTicket = kind.startsWith('ticket-');
  const frame: Frame = {
    language: reader?.language ?? provider.language,
    timeZone: provider.timeZone,
    byEmail: mailIn !== null && reader !== null && isAboutTicket,
    outside: reader?.status === 'outside' && isAboutTicket,
    provider: provider.name,
    contact: provider.contactAddress,
    appUrl: server.config.publicUrl,
    logo: logo !== null,
  };
  const rendered = await renderTemplate(kind, { server, frame, ...email }, email.payload);
  const { ticket } = rendered;
  const replyField =
    mailIn && ticket && reader
      ? { replyTo: await replyAddress(server, { domain: mailIn.domain, ticket, person: reader.id }) }
      : {};
  const host = new URL(server.config.publicUrl).hostname;
  return {
    from: provider.mailFrom,
    to: email.recipient,
    ...replyField,
    ...(ticket ? { references: `<ticket-${ticket}@${host}>` } : {}),
    subject: rendered.subject,
    text: rendered.text,
    html: rendered.html,
    messageId: email.messageId,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    attachments: [
      ...(await attachmentsOf(server, rendered, files)),
      ...(logo ? [{ filename: 'logo.png', content: logo, contentType: 'image/png', cid: logoCid }] : []),
    ],
  };
}

function isEmailKind(kind: string): kind is EmailKind {
  return Object.hasOwn(emails, kind);
}

function renderTemplate(
  kind: EmailKind,
  to: { server: Server; frame: Frame } & Addressed,
  payload: unknown,
): WrittenEmail | Promise<WrittenEmail> {
  const template = emails[kind] as (to: unknown, payload: unknown) => WrittenEmail | Promise<WrittenEmail>;
  return template(to, payload); // queueEmail stored the payload of this kind
}

async function attachmentsOf(
  server: Server,
  { attachments }: WrittenEmail,
  files: LastFile,
): Promise<OutgoingMail['attachments']> {
  const found: OutgoingMail['attachments'] = [];
  for (const { sha256, fileName } of attachments) {
    if (files.last?.sha256 !== sha256) files.last = await readStoredFile(server, sha256);
    const file = files.last;
    if (file) found.push({ filename: fileName, content: file.bytes, contentType: file.mediaType });
  }
  return found;
}
