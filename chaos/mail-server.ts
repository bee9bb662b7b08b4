import { startSmtp, type Mail, type TestSmtp } from '../server/test/smtp.ts';

/** A real mail server, always at the same port, that can refuse for a while, drop who speaks to it, or be down. */
export type MailServer = {
  url: string;
  /** Everything that was ever accepted, also what its sender did not hear of. */
  mails: Mail[];
  mood: 'well' | 'refuses' | 'drops';
  crashes: number;
  crash: () => Promise<void>;
  start: () => Promise<void>;
  stop: () => Promise<void>;
};

export async function createMailServer(): Promise<MailServer> {
  let running: TestSmtp | null = null;
  const begin = async (port: number) => {
    const smtp = await startSmtp({ port });
    smtp.answerRcpt = () => (mail.mood === 'refuses' ? { code: 451, text: 'try again later' } : null);
    smtp.beforeYes = (got, cut) => {
      mail.mails.push(got);
      if (mail.mood === 'drops') cut();
    };
    running = smtp;
    return smtp;
  };
  const mail: MailServer = {
    url: '',
    mails: [],
    mood: 'well',
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
