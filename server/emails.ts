import { openOf } from '#shared/invoices/balance.ts';
import { formatMoney } from '#shared/billing/money.ts';
import type { Documents } from '#shared/collections.ts';
import type { Server } from './context.ts';
import type { Person } from '#shared/people/schema.ts';
import { lifetimes, mintToken, type TokenPurpose } from './people/tokens.ts';
import {
  accountChanged,
  accountChanges,
  announcement,
  confirmEmail,
  emailKnown,
  invitation,
  passwordReset,
  personRegistered,
  personVerified,
  verifyEmail,
} from './people/email-texts.ts';
import {
  billingHeld,
  clockBehind,
  correctionIssued,
  creditDrafted,
  identityMissing,
  invoiceIssued,
  invoicePaid,
  invoiceReminder,
  proofRefused,
  type InvoiceData,
} from './invoices/email-texts.ts';
import type { Frame } from './email/compose.ts';
import { orderWriters } from './orders/emails.ts';
import { ticketWriters } from './tickets/emails.ts';
import { find, EmailObsolete, plain, timeIn, type About, type Writer, type WrittenEmail } from './email/template.ts';

/** Writes one e-mail of each kind. */
const writers = {
  ...ticketWriters,
  ...orderWriters,
  'invoice-issued': async (server, frame, { document }) => {
    const invoice = await find(server, 'invoices', document);
    if (invoice.pdfHash === null) throw new Error(`invoice ${invoice.number ?? ''} has no PDF yet`);
    const attachments = [{ fileName: `${invoice.number ?? 'invoice'}.pdf`, sha256: invoice.pdfHash }];
    if (invoice.corrects === null) return { ...invoiceIssued(frame, invoiceData(invoice)), attachments };
    const { correctsNumber: corrects, reason, currency } = invoice;
    const total = formatMoney(invoice.total, currency, frame.language);
    return { ...correctionIssued(frame, { ...invoiceData(invoice), corrects, reason, total }), attachments };
  },
  'credit-drafted': async (server, frame, { document }) => {
    const draft = await find(server, 'invoices', document);
    const { displayName } = await find(server, 'people', draft.client);
    const { id, correctsNumber: corrects } = draft;
    return plain(creditDrafted(frame, { id, corrects, client: displayName }));
  },
  'invoice-reminder': async (server, frame, { document, step }) => {
    const invoice = await find(server, 'invoices', document);
    const open = openOf(invoice);
    if (open <= 0) throw new EmailObsolete('the invoice is paid');
    return plain(invoiceReminder(frame, { invoice: invoiceData(invoice), open, step }));
  },
  'invoice-paid': async (server, frame, { document }) => {
    const payment = await find(server, 'payments', document);
    return plain(invoicePaid(frame, invoiceData(await find(server, 'invoices', payment.invoice))));
  },
  'proof-refused': async (server, frame, { document }) => {
    const file = await find(server, 'files', document);
    const invoice = await find(server, 'invoices', file.invoice ?? '');
    const data = { id: invoice.id, number: invoice.number ?? '', reason: file.reason ?? '' };
    return plain(proofRefused(frame, data));
  },
  'identity-missing': async (server, frame, { document }) => {
    const client = await find(server, 'people', document);
    return plain(identityMissing(frame, { name: client.displayName }));
  },
  'billing-held': async (server, frame, { document }) => {
    const order = await find(server, 'orders', document);
    return plain(billingHeld(frame, { number: order.number ?? 0, name: order.instanceName }));
  },
  'clock-behind': (_server, frame, { document }) => {
    const [today = '', last = ''] = document.split(' ');
    return Promise.resolve(plain(clockBehind(frame, { today, last })));
  },
  'verify-email': async (server, frame, about) => {
    const row = await server.models.registrations.findOne({ where: { id: about.document }, raw: true });
    if (!row) throw new EmailObsolete('the registration is over');
    const { username } = row as unknown as { username: string };
    const token = await tokenFor(server, about, { purpose: 'verify', registration: about.document });
    return plain(verifyEmail(frame, { username, token }));
  },
  'confirm-email': async (server, frame, about) => {
    const { username } = await owner(server, about);
    const token = await tokenFor(server, about, { purpose: 'email', email: about.recipient });
    return plain(confirmEmail(frame, { username, token }));
  },
  'email-known': async (server, frame, about) => plain(emailKnown(frame, await owner(server, about))),
  'password-reset': async (server, frame, about) => {
    const { username } = await owner(server, about);
    return plain(
      passwordReset(frame, { username, token: await tokenFor(server, about, { purpose: 'reset' }) }),
    );
  },
  invitation: async (server, frame, about) => {
    const { username } = await owner(server, about);
    return plain(
      invitation(frame, { username, token: await tokenFor(server, about, { purpose: 'invite' }) }),
    );
  },
  'account-changed': async (server, frame, about) => {
    const { username } = await owner(server, about);
    const what = accountChanges[about.step] ?? 'password';
    const when = await timeIn(server, frame, about.createdAt);
    return plain(accountChanged(frame, { username, what, when }));
  },
  'person-registered': async (server, frame, { document }) => {
    const { displayName, email } = await find(server, 'people', document);
    return plain(personRegistered(frame, { name: displayName, email }));
  },
  'person-verified': async (server, frame, { document }) => {
    const { displayName, email } = await find(server, 'people', document);
    return plain(personVerified(frame, { name: displayName, email }));
  },
  announcement: async (server, frame, { document }) =>
    plain(announcement(frame, await find(server, 'announcements', document))),
} satisfies Record<string, Writer>;

export type EmailKind = keyof typeof writers;

export function isEmailKind(kind: string): kind is EmailKind {
  return Object.hasOwn(writers, kind);
}

export function writeEmail(
  server: Server,
  frame: Frame,
  { kind, ...about }: About & { kind: EmailKind },
): Promise<WrittenEmail> {
  return writers[kind](server, frame, about);
}

/** Whose account an e-mail is about. */
function owner(server: Server, { person }: About): Promise<Documents['people']> {
  if (person === null) throw new EmailObsolete('the account is gone');
  return find(server, 'people', person);
}

/** What an account must be for a link of each purpose to make sense. */
const statusFor: Record<TokenPurpose, readonly Person['status'][]> = {
  verify: ['unverified'],
  invite: ['unverified', 'outside'],
  reset: ['verified'],
  email: ['verified'],
};

/**
 * A token for an e-mail that is being written. An e-mail may have waited long: where the address is no longer the
 * account's, its password was changed since, or its time is over, nobody is to get a link that works.
 */
async function tokenFor(
  server: Server,
  about: About,
  wanted: { purpose: TokenPurpose; registration?: string; email?: string },
): Promise<string> {
  const person = await owner(server, about);
  const { purpose } = wanted;
  const row = await server.models.credentials.findOne({ where: { person: person.id }, raw: true });
  const { changedAt } = row as unknown as { changedAt: string };
  const moved = purpose !== 'email' && person.email !== about.recipient;
  const late = server.now() - about.createdAt > lifetimes[purpose];
  if (moved || late || !statusFor[purpose].includes(person.status) || Number(changedAt) > about.createdAt) {
    throw new EmailObsolete('what the e-mail was asked for is over');
  }
  return mintToken(server, { person: person.id, ...wanted });
}

function invoiceData(invoice: Documents['invoices']): InvoiceData {
  return {
    ...invoice,
    number: invoice.number ?? '',
    client: invoice.buyer?.legalName ?? '',
    dueDate: invoice.dueDate ?? '',
  };
}
