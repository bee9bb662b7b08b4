import { parseMail, type Envelope, type IncomingMail } from './parse-mail.ts';

export type ParseTask = { raw: Uint8Array; envelope: Envelope };

/** The work of the thread that parses e-mails (read-mail.ts). */
export default function parse({ raw, envelope }: ParseTask): Promise<IncomingMail> {
  return parseMail(Buffer.from(raw), envelope);
}
