import type { Server } from '../context.ts';
import type { Email, Frame } from './compose.ts';
import type { EmailKind, EmailPayloads } from './outbox.ts';

/** `sha256`: the hash of a stored file. */
export type Attachment = { fileName: string; sha256: string };
/** `ticket`: the ticket that a reply to the e-mail belongs to. */
export type WrittenEmail = Email & { attachments: Attachment[]; ticket?: string };

/** The outbox row of an e-mail: `document` is what it is about, `person` its addressee. */
export type Addressed = {
  document: string;
  person: string | null;
  recipient: string;
  /** When the event happened, in milliseconds since 1970. */
  createdAt: number;
};

/** Renders the e-mails of one kind. @throws EmailObsolete if the e-mail no longer applies */
export type Template<P> = (
  to: { server: Server; frame: Frame } & Addressed,
  payload: P,
) => WrittenEmail | Promise<WrittenEmail>;

/** The templates of some kinds, each for its own payload. */
export type Templates<K extends EmailKind> = { [kind in K]: Template<EmailPayloads[kind]> };

/** The event of the e-mail is over or was undone. The e-mail is cancelled and not retried. */
export class EmailObsolete extends Error {}

/** Returns an e-mail without attachments. */
export function plain(email: Email): WrittenEmail {
  return { ...email, attachments: [] };
}

/** Formats an instant (milliseconds since 1970) in the reader's language and the provider's time zone. */
export function timeIn({ language, timeZone }: Frame, instant: number): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'long', timeZone }).format(
    instant,
  );
}
