import { parentPort } from 'node:worker_threads';
import { parseMail, type Envelope } from './parse-mail.ts';

// The entry of the thread that parses e-mails (read-mail.ts). An error ends the thread, and its e-mail is stored unread.

parentPort?.on('message', ({ raw, envelope }: { raw: Uint8Array; envelope: Envelope }) => {
  void parseMail(Buffer.from(raw), envelope).then((mail) => parentPort?.postMessage(mail));
});
