import { startSmtp, type Mail, type TestSmtp } from '../server/test/smtp.ts';

/** `at`: when it was accepted, in milliseconds since 1970. */
export type TimedMail = Mail & { at: number };

/** A real mail server that keeps its port. It can refuse mail for a while, drop connections, or be down. */
export type MailServer = {
  url: string;
  /** Every mail that was ever accepted, including those whose sender never received the confirmation. */
  mails: TimedMail[];
  mode: 'well' | 'refuses' | 'drops';
  crashes: number;
  crash: () => Promise<void>;
  start: () => Promise<void>;
  stop: () => Promise<void>;
};

export async function createMailServer(): Promise<MailServer> {
  let running: TestSmtp | null = null;
  const begin = async (port: number) => {
    const smtp = await startSmtp({ port });
    smtp.answerRcpt = () => (mail.mode === 'refuses' ? { code: 451, text: 'try again later' } : null);
    smtp.beforeYes = (got, cut) => {
      mail.mails.push({ ...got, at: Date.now() });
      if (mail.mode === 'drops') cut();
    };
    running = smtp;
    return smtp;
  };
  const mail: MailServer = {
    url: '',
    mails: [],
    mode: 'well',
    crashes: 0,
    async crash() {
      const up = running;
      running = null;
      if (!up) return;
      mail.crashes += 1;
      await up.crash();
    },
    async start() {
      if (!running) await begin(port);
    },
    stop: () => running?.crash() ?? Promise.resolve(),
  };
  const { port, url } = await begin(0);
  mail.url = url;
  return mail;
}
