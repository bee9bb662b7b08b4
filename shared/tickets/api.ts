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

/** `dropped`: automatic e-mails of the last 30 days, which were set aside. */
export type MailList = { mails: IncomingRow[]; unmatched: number; dropped: number };

/** A received e-mail as it came. `html` must be made safe before it is shown. Parts are read by their number. */
export type OriginalMail = {
  id: string;
  from: string;
  subject: string;
  receivedAt: number;
  bytes: number;
  /** False: the parser gave up, so only the source can be read. */
  isReadable: boolean;
  text: string;
  html: string;
  isCut: boolean;
  parts: { n: number; fileName: string; mediaType: string; bytes: number }[];
};
