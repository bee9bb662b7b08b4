import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Transporter, TransportOptions } from 'nodemailer';
import type { Config } from '../config.ts';

/** A rendered mail, as plain values. */
export type OutgoingMail = {
  from: string;
  to: string;
  replyTo?: string;
  subject: string;
  text: string;
  html: string;
  messageId: string;
  /** Makes mail programs show the e-mails of one ticket as one thread. */
  references?: string;
  headers: Record<string, string>;
  attachments: { filename: string; content: Buffer; contentType: string; cid?: string }[];
};

export type Transport = { send: (mail: OutgoingMail) => Promise<void>; close: () => void };

/** An e-mail that was caught because no SMTP server is configured. */
export type CaughtEmail = {
  id: string;
  at: number;
  messageId: string;
  to: string;
  from: string;
  replyTo: string | null;
  subject: string;
  text: string;
  html: string;
  attachments: { fileName: string; size: number }[];
};

/** Opens SMTP if it is configured. Otherwise e-mails are caught in the data directory and shown at /dev/mailbox. */
export function openTransport(config: Config, now: () => number): Transport {
  return config.smtpUrl === null ? catchIn(mailboxFolder(config), now) : smtp(config.smtpUrl);
}

export function mailboxFolder(config: Config): string {
  return join(config.dataDir, 'mailbox');
}

function smtp(url: string): Transport {
  // Imported with the first e-mail, so that code that only reads caught e-mails does not load nodemailer.
  let pool: Promise<Transporter> | null = null;
  const open = async () => {
    const { createTransport } = await import('nodemailer');
    return createTransport({
      url,
      pool: true,
      maxConnections: 4,
      maxRequeues: 0,
      disableFileAccess: true,
      disableUrlAccess: true,
      connectionTimeout: 15_000,
      greetingTimeout: 15_000,
      socketTimeout: 60_000,
    } as TransportOptions); // the types lack maxRequeues
  };
  return {
    async send(mail) {
      await (await (pool ??= open())).sendMail(mail);
    },
    close: () => void pool?.then((transport) => transport.close()),
  };
}

function catchIn(folder: string, now: () => number): Transport {
  return {
    async send(mail) {
      await mkdir(folder, { recursive: true });
      const attachments = mail.attachments
        .filter(({ cid }) => !cid)
        .map(({ filename, content }) => ({
          fileName: filename,
          size: content.length,
        }));
      const at = now();
      const id = `${at}-${mail.messageId.replace(/[^a-z0-9-]/gi, '').slice(0, 36)}`;
      const email: CaughtEmail = {
        id,
        at,
        messageId: mail.messageId,
        to: mail.to,
        from: mail.from,
        replyTo: mail.replyTo ?? null,
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        attachments,
      };
      const file = join(folder, `${id}.json`);
      await writeFile(`${file}.part`, JSON.stringify(email));
      await rename(`${file}.part`, file);
    },
    close: () => undefined,
  };
}

/** Returns the e-mails caught so far, newest first. */
export async function caughtEmails(config: Config): Promise<CaughtEmail[]> {
  const folder = mailboxFolder(config);
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json')).sort((a, b) => (a < b ? 1 : -1));
  const emails = files.map(
    async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as CaughtEmail,
  );
  return Promise.all(emails); // written by catchIn
}
