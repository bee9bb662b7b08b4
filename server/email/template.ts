import type { CollectionName, Documents } from '#shared/collections.ts';
import type { Server } from '../context.ts';
import { toDocument } from '#sync/server/row.ts';
import { settings } from '../settings/settings.ts';
import type { Frame, Email } from './compose.ts';

/** What every e-mail is written with, from the documents as they stand when it goes out. */

export type Attachment = { fileName: string; sha256: string };
/** `ticket`: where an answer to it belongs. */
export type WrittenEmail = Email & { attachments: Attachment[]; ticket?: string };

/** What an outbox row says of its e-mail: `document` is what it is about, `person` whose address it goes to. */
export type About = {
  document: string;
  step: number;
  person: string | null;
  recipient: string;
  createdAt: number;
};

/** Writes one e-mail from the documents as they stand now. */
export type Writer = (server: Server, frame: Frame, about: About) => Promise<WrittenEmail>;

/** There is nothing to write any more: what the e-mail is about is gone. It is not tried again. */
export class EmailObsolete extends Error {}

export function plain(email: Email): WrittenEmail {
  return { ...email, attachments: [] };
}

export async function find<N extends CollectionName>(
  server: Server,
  collection: N,
  id: string,
): Promise<Documents[N]> {
  const row = await server.models[collection].findOne({ where: { id }, raw: true });
  if (!row) throw new EmailObsolete(`${collection} ${id} is gone`);
  return toDocument(collection, row);
}

/** An instant as the e-mail's reader writes it, in the provider's time zone. */
export async function timeIn(server: Server, { language }: Frame, instant: number): Promise<string> {
  const { timeZone } = await settings(server);
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'long', timeZone }).format(
    instant,
  );
}
