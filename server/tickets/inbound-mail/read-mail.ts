import { createHash } from 'node:crypto';
import { Piscina } from 'piscina';
import { canonicalEmail } from '#shared/people/email-address.ts';
import type { ParseTask } from './parse-thread.ts';
import { singleLine, type Envelope, type IncomingMail, type MailPart } from './parse-mail.ts';

/** No honest e-mail takes so long: one of 30 MB takes two seconds. */
const deadlineMs = 15_000;
/** With more parts the parser becomes very slow. An honest e-mail has a few dozen. */
const mostParts = 300;
/** Megabytes for the objects of the parser. The bytes of attachments are not counted. */
const memoryMb = 256;

/** An e-mail, or what its envelope and first headers say if the parser did not manage it in time or memory. */
export type ReadMail = IncomingMail & { isReadable: boolean };

export type MailReader = {
  /** Parses an e-mail. E-mails are parsed one after another. */
  read: (raw: Buffer, envelope: Envelope) => Promise<ReadMail>;
  close: () => Promise<void>;
};

/** A thread that parses e-mails. It is ended when an e-mail takes too long or too much memory, and the next gets a new one. */
export function openMailReader(): MailReader {
  const thread = new Piscina<ParseTask, IncomingMail>({
    filename: new URL('./parse-thread.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: Infinity,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  let last: Promise<unknown> = Promise.resolve();
  const parse = async (raw: Buffer, envelope: Envelope): Promise<ReadMail> => {
    if (partsIn(raw) > mostParts) return unread(raw, envelope);
    try {
      const mail = await thread.run({ raw, envelope }, { signal: AbortSignal.timeout(deadlineMs) });
      return { ...withBuffers(mail), isReadable: true };
    } catch {
      return unread(raw, envelope);
    }
  };
  return {
    read(raw, envelope) {
      const reading = last.then(() => parse(raw, envelope));
      last = reading;
      return reading;
    },
    close: () => thread.destroy(),
  };
}

/** The number of headers Content-Type, which every part has. */
function partsIn(raw: Buffer): number {
  return raw.toString('latin1').match(/^content-type:/gim)?.length ?? 0;
}

/** Buffers arrive from another thread as plain byte arrays. */
function withBuffers(mail: IncomingMail): IncomingMail {
  const attachments = mail.attachments.map((part): MailPart => ({
    ...part,
    content: Buffer.from(part.content),
  }));
  return { ...mail, attachments };
}

/** An e-mail that the parser did not manage. It is stored as it came, for staff to look at. */
function unread(raw: Buffer, envelope: Envelope): ReadMail {
  const head = raw.subarray(0, 64 * 1024).toString('latin1');
  const header = (name: string) => new RegExp(`^${name}: ?([^\\r\\n]{0,1000})`, 'im').exec(head)?.[1] ?? '';
  const sender = canonicalEmail(envelope.from).slice(0, 254);
  return {
    key: createHash('sha256').update(raw).digest('hex'),
    sender,
    senderName: sender.slice(0, 120),
    recipients: envelope.to.map(canonicalEmail),
    subject: singleLine(header('Subject'), 300),
    text: '',
    html: '',
    references: [],
    robot: null,
    authenticationResults: '',
    attachments: [],
    isReadable: false,
  };
}
