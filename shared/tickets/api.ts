/** Response types of the API. */

/** An inbound e-mail. `why`: a code for the reason of its state. */
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
