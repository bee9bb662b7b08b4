import { announcementEmails } from './announcements/emails.ts';
import type { EmailKind } from './email/outbox.ts';
import type { Templates } from './email/template.ts';
import { invoiceEmails } from './invoices/emails.ts';
import { orderEmails } from './orders/emails.ts';
import { personEmails } from './people/emails.ts';
import { ticketEmails } from './tickets/emails.ts';

/** The template of every kind of e-mail. */
export const emails: Templates<EmailKind> = {
  ...personEmails,
  ...orderEmails,
  ...invoiceEmails,
  ...ticketEmails,
  ...announcementEmails,
};
