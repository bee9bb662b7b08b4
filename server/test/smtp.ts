import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export type Mail = { to: string; messageId: string; subject: string; raw: string };
export type TestSmtp = {
  url: string;
  mails: Mail[];
  /** Decides the answer to DATA: null = 250, else this code and text. */
  answer: (to: string) => { code: number; text: string } | null;
  close: () => Promise<void>;
};

/** A real mail server on the loopback that keeps what it accepted. */
export async function startSmtp(): Promise<TestSmtp> {
  const smtp: TestSmtp = { url: '', mails: [], answer: () => null, close: () => Promise.resolve() };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join(',');
        const no = smtp.answer(to);
        if (no) return done(Object.assign(new Error(no.text), { responseCode: no.code }));
        const raw = Buffer.concat(chunks).toString();
        const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(raw)?.[1] ?? '';
        smtp.mails.push({ to, raw, messageId: header('Message-ID'), subject: header('Subject') });
        done();
      });
    },
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  smtp.url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  smtp.close = () => new Promise((closed) => server.close(() => closed()));
  return smtp;
}
