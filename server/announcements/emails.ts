import { announcements } from '#shared/announcements/schema.ts';
import { findDocument } from '#sync/server/row.ts';
import { compose, type Frame } from '../email/compose.ts';
import { EmailObsolete, plain, type Templates } from '../email/template.ts';

declare module '../email/outbox.ts' {
  interface EmailPayloads {
    announcement: { announcement: string };
  }
}

const linkIn = ({ language }: Frame) => ({
  text: language === 'es' ? 'Leerlo en la aplicación' : 'Read it in the app',
  path: '/',
});

/** An announcement never changes, so the e-mail reads the document. The text is sent as its author wrote it. */
export const announcementEmails: Templates<'announcement'> = {
  announcement: async ({ server, frame }, { announcement: id }) => {
    const found = await findDocument(server, announcements, { where: { id } });
    if (!found) throw new EmailObsolete('the announcement is gone');
    return plain(
      compose(frame, { subject: found.title, paragraphs: [], quote: found.body, link: linkIn(frame) }),
    );
  },
};
