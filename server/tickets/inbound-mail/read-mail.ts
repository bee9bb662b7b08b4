import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { canonicalEmail } from '#shared/people/email-address.ts';
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
  let worker: Worker | null = null;
  let last: Promise<unknown> = Promise.resolve();
  /** Ends the parsing that is under way. Null: it has failed. */
  let done: (mail: IncomingMail | null) => void = () => undefined;

  const newThread = () => {
    const thread = new Worker(new URL('./parse-thread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    const fail = () => {
      if (worker === thread) done(null);
    };
    return thread
      .on('message', (mail: IncomingMail) => done(withBuffers(mail)))
      .on('error', fail)
      .on('exit', fail);
  };

  const parse = (raw: Buffer, envelope: Envelope) =>
    new Promise<IncomingMail | null>((resolve) => {
      const thread = (worker ??= newThread());
      const timer = setTimeout(() => done(null), deadlineMs);
      done = (mail) => {
        clearTimeout(timer);
        done = () => undefined;
        thread.unref(); // an idle thread keeps no process alive
        if (mail === null) {
          worker = null;
          void thread.terminate();
        }
        resolve(mail);
      };
      thread.ref();
      thread.postMessage({ raw, envelope });
    });

  return {
    read(raw, envelope) {
      const reading = last.then(async (): Promise<ReadMail> => {
        const mail = partsIn(raw) > mostParts ? null : await parse(raw, envelope);
        return mail ? { ...mail, isReadable: true } : unread(raw, envelope);
      });
      last = reading;
      return reading;
    },
    async close() {
      await worker?.terminate();
      worker = null;
    },
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
