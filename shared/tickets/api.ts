/** What the API answers. */

/** A mail that came in; `why` it is where it is, as a word. */
export type IncomingRow = {
  id: string;
  receivedAt: number;
  source: 'mail' | 'form';
  sender: string;
  senderName: string;
  subject: string;
  body: string;
  why: string;
  ticket: string | null;
};

export type MailList = { mails: IncomingRow[]; unmatched: number };
