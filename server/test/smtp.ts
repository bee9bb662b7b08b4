import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

export type Mail = { to: string; messageId: string; subject: string; raw: string };
/** null accepts; otherwise the reply code and text of a refusal. */
export type SmtpAnswer = { code: number; text: string } | null;
export type SmtpOptions = {
  port?: number;
  /** Requires a user and password, which `TestSmtp.login` checks. */
  login?: boolean;
  /** 'at once' = smtps://. Both use smtp-server's built-in certificate, which is untrusted and expired. */
  tls?: 'at once' | 'by STARTTLS';
};
export type TestSmtp = {
  url: string;
  port: number;
  mails: Mail[];
  /** The number of connections, and of login attempts. */
  connections: number;
  logins: number;
  /** Decides the answer to a connection. */
  greet: () => SmtpAnswer;
  login: (password: string) => boolean;
  /** Decides the answer to RCPT. */
  answerRcpt: (to: string) => SmtpAnswer;
  /** Decides the answer to DATA: null = 250, otherwise this code and text. */
  answer: (to: string) => SmtpAnswer;
  /** Called after a mail is stored and before its 250 is sent. `cut` ends the connection. */
  beforeYes: (mail: Mail, cut: () => void) => Promise<void> | void;
  close: () => Promise<void>;
  /** Closes at once and drops all connections, like a machine that goes down. */
  crash: () => Promise<void>;
};

/** Starts a real mail server on the loopback that stores the mails it accepts. */
export async function startSmtp(options: SmtpOptions = {}): Promise<TestSmtp> {
  const smtp: TestSmtp = {
    url: '',
    port: 0,
    mails: [],
    connections: 0,
    logins: 0,
    greet: () => null,
    login: () => true,
    answerRcpt: () => null,
    answer: () => null,
    beforeYes: () => undefined,
    close: () => Promise.resolve(),
    crash: () => Promise.resolve(),
  };
  const sockets = new Map<number, Socket>(); // by the remote port
  const server = new SMTPServer({
    logger: false,
    authOptional: !options.login,
    allowInsecureAuth: true,
    secure: options.tls === 'at once',
    disabledCommands: [
      ...(options.tls === 'by STARTTLS' ? [] : ['STARTTLS']),
      ...(options.login ? [] : ['AUTH']),
    ],
    onConnect: (_session, done) => done(refusal(smtp.greet())),
    onAuth({ password }, _session, done) {
      smtp.logins += 1;
      if (smtp.login(password ?? '')) done(null, { user: 'known' });
      else done(refusal({ code: 535, text: 'wrong user or password' }));
    },
    onRcptTo: ({ address }, _session, done) => done(refusal(smtp.answerRcpt(address))),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const mail = mailOf(session, Buffer.concat(chunks).toString());
        const no = refusal(smtp.answer(mail.to));
        if (no) return done(no);
        smtp.mails.push(mail);
        void Promise.resolve(smtp.beforeYes(mail, () => sockets.get(session.remotePort)?.destroy())).then(
          () => done(),
        );
      });
    },
  });
  server.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    smtp.connections += 1;
    sockets.set(port, socket);
    socket.on('close', () => sockets.delete(port));
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(options.port ?? 0, '127.0.0.1', listening);
  });
  server.on('error', () => undefined); // dropped connections and failed handshakes
  smtp.port = (server.server.address() as AddressInfo).port;
  smtp.url = `${options.tls === 'at once' ? 'smtps' : 'smtp'}://127.0.0.1:${smtp.port}`;
  smtp.close = () => new Promise((closed) => server.close(() => closed()));
  smtp.crash = () => {
    const closed = smtp.close();
    for (const socket of sockets.values()) socket.destroy();
    return closed;
  };
  return smtp;
}

function refusal(answer: SmtpAnswer): Error | null {
  return answer && Object.assign(new Error(answer.text), { responseCode: answer.code });
}

function mailOf({ envelope }: SMTPServerSession, raw: string): Mail {
  const to = envelope.rcptTo.map(({ address }) => address).join(',');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(raw)?.[1] ?? '';
  return { to, raw, messageId: header('Message-ID'), subject: header('Subject') };
}
