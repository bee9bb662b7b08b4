import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { receiveMail } from './receive-mail.ts';
import type { Server } from '../../context.ts';

/** Photos of a phone come several at once; a mail server in front usually allows less. */
const mostBytes = 32 * 1024 * 1024;

/**
 * Listens for mail, by LMTP (what a mail server hands over to, one answer a recipient) or SMTP. A mail is accepted when
 * it is stored; where that fails the sender keeps it and tries again.
 */
export async function listenForMail(
  server: Server,
  { protocol, host, port }: { protocol: 'lmtp' | 'smtp'; host: string; port: number },
): Promise<{ port: number; close: () => Promise<void> }> {
  const smtp = new SMTPServer({
    lmtp: protocol === 'lmtp',
    size: mostBytes,
    // Only from this machine or network: the mail server in front is who speaks to the world.
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    maxClients: 20,
    socketTimeout: 60_000,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      let length = 0;
      stream.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length <= mostBytes) chunks.push(chunk);
      });
      stream.on('end', () => {
        const count = session.envelope.rcptTo.length;
        const answer = (error: Error | null) =>
          protocol === 'lmtp' && !error
            ? done(
                null,
                Array.from({ length: count }, () => 'received'),
              ) // one a recipient
            : done(error);
        if (length > mostBytes) return answer(failure(552, 'the message is too large'));
        receiveMail(server, Buffer.concat(chunks), envelopeOf(session)).then(
          ({ state, why }) => {
            server.log.info({ state, why }, 'mail received');
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
  await new Promise<void>((listening, failed) => {
    smtp.server.once('error', failed);
    smtp.listen(port, host, () => listening());
  });
  return {
    port: (smtp.server.address() as AddressInfo).port,
    close: () => new Promise((closed) => smtp.close(() => closed())),
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
