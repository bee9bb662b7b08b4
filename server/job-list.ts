import { fileURLToPath } from 'node:url';
import type { Config } from './config.ts';
import { emailsDue } from './email/due-emails.ts';
import { invoicesUndrawn } from './invoices/pdf/undrawn.ts';
import { recordsDue } from './invoices/verifactu/queue.ts';
import { isAsked } from './jobs/runs.ts';
import type { Job } from './jobs/scheduler.ts';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const hourMs = 3_600_000;

/** The file of each job. */
export const jobFiles = {
  'make-invoices': file('./invoices/make-invoices.job.ts'),
  tidy: file('./tidy.job.ts'),
  'draw-invoices': file('./invoices/draw-invoices.job.ts'),
  'send-emails': file('./send-emails.job.ts'),
  'send-records': file('./invoices/send-records.job.ts'),
  'receive-mail': file('./tickets/inbound-mail/receive-mail.job.ts'),
};
export type JobName = keyof typeof jobFiles;

/** Returns every job of a server. The work of a job is in its file, which only the job's thread loads. */
export function jobsOf({ pollSeconds, verifactu, mailIn }: Config): Job[] {
  return [
    {
      name: 'make-invoices',
      file: jobFiles['make-invoices'],
      every: { ms: pollSeconds * 1_000, firstAfterMs: 1_000 },
      when: (server) => isAsked(server, 'make-invoices'),
      small: true,
    },
    { name: 'tidy', file: jobFiles.tidy, every: { ms: hourMs, firstAfterMs: 5_000 } },
    {
      name: 'draw-invoices',
      file: jobFiles['draw-invoices'],
      when: invoicesUndrawn,
      // After the billing run, not at the same time: either keeps two cores busy, and a thread takes 50 MB.
      notBeside: 'make-invoices',
      small: true,
    },
    { name: 'send-emails', file: jobFiles['send-emails'], when: emailsDue, small: true },
    ...(verifactu ? [{ name: 'send-records', file: jobFiles['send-records'], when: recordsDue }] : []),
    ...(mailIn
      ? [
          {
            name: 'receive-mail',
            file: jobFiles['receive-mail'],
            // Always due: this job ends only if it crashes or cannot listen, and then it starts again.
            when: () => Promise.resolve(true),
          },
        ]
      : []),
  ];
}
