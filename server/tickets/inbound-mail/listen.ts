import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { openMailReader } from './read-mail.ts';
import { receiveMail } from './receive-mail.ts';
import type { Server } from '../../context.ts';

/** Enough for several phone photos in one e-mail. A mail server in front usually has a lower limit. */
const maxBytes = 32 * 1024 * 1024;

/**
 * Listens for e-mails over LMTP (from a mail server, with one answer per recipient) or SMTP. An e-mail is accepted once
 * it is stored. If storing it fails, the sender keeps the e-mail and tries again.
 */
export async function listenForMail(
  server: Server,
  { protocol, host, port }: { protocol: 'lmtp' | 'smtp'; host: string; port: number },
): Promise<{ port: number; close: () => Promise<void> }> {
  const reader = openMailReader();
  const smtp = new SMTPServer({
    lmtp: protocol === 'lmtp',
    size: maxBytes,
    // Only the mail server in front connects, from this machine or network. It handles the public internet.
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    maxClients: 20,
    socketTimeout: 60_000,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      let length = 0;
      stream.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length <= maxBytes) chunks.push(chunk);
      });
      stream.on('end', () => {
        const count = session.envelope.rcptTo.length;
        const answer = (error: Error | null) =>
          protocol === 'lmtp' && !error
            ? done(
                null,
                Array.from({ length: count }, () => 'received'),
              ) // one per recipient
            : done(error);
        if (length > maxBytes) return answer(failure(552, 'the message is too large'));
        receiveMail(server, reader, { raw: Buffer.concat(chunks), envelope: envelopeOf(session) }).then(
          (outcomes) => {
            for (const { state, why } of outcomes) server.log.info({ state, why }, 'mail received');
            answer(null);
          },
          (error: unknown) => {
            server.log.error({ error }, 'a mail could not be stored');
            answer(failure(451, 'not now, try again'));
          },
        );
      });
    },
  });
  smtp.on('error', (error) => server.log.warn({ error }, 'receiving mail'));
  await new Promise<void>((resolve, reject) => {
    smtp.server.once('error', reject);
    smtp.listen(port, host, () => resolve());
  });
  return {
    port: (smtp.server.address() as AddressInfo).port,
    close: async () => {
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
      await reader.close();
    },
  };
}

function envelopeOf({ envelope }: SMTPServerSession) {
  return {
    from: envelope.mailFrom ? envelope.mailFrom.address : '',
    to: envelope.rcptTo.map(({ address }) => address),
  };
}

function failure(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
