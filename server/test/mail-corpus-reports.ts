import { charsets } from './mail-corpus-reports-charsets.ts';
import { clients } from './mail-corpus-reports-clients.ts';
import { htmlMails } from './mail-corpus-reports-html.ts';
import { lookalikes } from './mail-corpus-reports-lookalikes.ts';
import { mimeParts } from './mail-corpus-reports-mime.ts';
import { placedAnswers } from './mail-corpus-reports-answers.ts';
import { sentences } from './mail-corpus-reports-sentences.ts';
import type { MailReport } from './mail-report.ts';

/** Mails of kinds that answer parsers and help desks are known to get wrong, after public bug reports. */
export const reports: MailReport[] = [
  ...lookalikes,
  ...sentences,
  ...placedAnswers,
  ...clients,
  ...htmlMails,
  ...mimeParts,
  ...charsets,
];
