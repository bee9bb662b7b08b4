import { people, type Person } from '#shared/people/schema.ts';
import { findDocument } from '#sync/server/row.ts';
import type { Server } from '../context.ts';
import { compose, type Frame } from '../email/compose.ts';
import { EmailObsolete, plain, timeIn, type Addressed, type Templates } from '../email/template.ts';
import { findRow } from '../models/rows.ts';
import type { AccountChange } from './account-changes.ts';
import * as en from './emails.en.ts';
import * as es from './emails.es.ts';
import { lifetimes, mintToken, type TokenPurpose } from './tokens.ts';

declare module '../email/outbox.ts' {
  interface EmailPayloads {
    'verify-email': { registration: string; wanted?: string | null };
    'confirm-email': object;
    'email-known': { username: string };
    'password-reset': object;
    invitation: object;
    'account-changed': { username: string; what: AccountChange };
    'person-registered': { name: string; email: string };
    'person-verified': { name: string; email: string };
    'tax-held': { name: string; person: string; percent: number };
  }
}

type EmailContext = { server: Server; frame: Frame } & Addressed;

const textsIn = ({ language }: Frame): typeof en => (language === 'es' ? es : en);

/**
 * E-mails about accounts. Links are created when the e-mail is rendered, so that the outbox never stores a token.
 */
export const personEmails: Templates<
  | 'verify-email'
  | 'confirm-email'
  | 'email-known'
  | 'password-reset'
  | 'invitation'
  | 'account-changed'
  | 'person-registered'
  | 'person-verified'
  | 'tax-held'
> = {
  'verify-email': async (to, { registration, wanted = null }) => {
    const row = await findRow(to.server.models.registrations, { where: { id: registration } });
    if (!row) throw new EmailObsolete('the registration is over');
    const token = await tokenFor(to, { purpose: 'verify', registration });
    const { username } = row;
    return plain(compose(to.frame, textsIn(to.frame).verifyEmail(to.frame, { username, token, wanted })));
  },
  'confirm-email': async (to) => {
    const { username } = await ownerOf(to);
    const token = await tokenFor(to, { purpose: 'email', email: to.recipient });
    return plain(compose(to.frame, textsIn(to.frame).confirmEmail(to.frame, { username, token })));
  },
  'email-known': ({ frame }, { username }) =>
    plain(compose(frame, textsIn(frame).emailKnown(frame, { username }))),
  'password-reset': async (to) => {
    const { username } = await ownerOf(to);
    const token = await tokenFor(to, { purpose: 'reset' });
    return plain(compose(to.frame, textsIn(to.frame).passwordReset(to.frame, { username, token })));
  },
  invitation: async (to) => {
    const { username } = await ownerOf(to);
    const token = await tokenFor(to, { purpose: 'invite' });
    return plain(compose(to.frame, textsIn(to.frame).invitation(to.frame, { username, token })));
  },
  'account-changed': ({ frame, createdAt }, change) =>
    plain(
      compose(frame, textsIn(frame).accountChanged(frame, { ...change, when: timeIn(frame, createdAt) })),
    ),
  'person-registered': ({ frame }, person) =>
    plain(compose(frame, textsIn(frame).personRegistered(frame, person))),
  'person-verified': ({ frame }, person) =>
    plain(compose(frame, textsIn(frame).personVerified(frame, person))),
  'tax-held': ({ frame }, held) => plain(compose(frame, textsIn(frame).taxHeld(frame, held))),
};

/** Returns the person whose account an e-mail is about. @throws EmailObsolete if the account is gone */
async function ownerOf({ server, person }: EmailContext): Promise<Person> {
  const owner = person === null ? null : await findDocument(server, people, { where: { id: person } });
  if (!owner) throw new EmailObsolete('the account is gone');
  return owner;
}

/** The statuses of an account in which a link of each purpose is valid. */
const statusFor: Record<TokenPurpose, readonly Person['status'][]> = {
  verify: ['unverified'],
  invite: ['unverified', 'outside'],
  reset: ['verified'],
  email: ['verified'],
};

/**
 * Creates a token for an e-mail that is being rendered.
 *
 * @throws EmailObsolete if the e-mail waited too long, or the account's address or password was changed since
 */
async function tokenFor(
  to: EmailContext,
  request: { purpose: TokenPurpose; registration?: string; email?: string },
): Promise<string> {
  const { server, recipient, createdAt } = to;
  const person = await ownerOf(to);
  const { purpose } = request;
  const secrets = await findRow(server.models.credentials, { where: { person: person.id } });
  const addressChanged = purpose !== 'email' && person.email !== recipient;
  const isLate = server.now() - createdAt > lifetimes[purpose];
  const passwordChanged = (secrets?.changedAt ?? 0) > createdAt;
  if (addressChanged || isLate || passwordChanged || !statusFor[purpose].includes(person.status)) {
    throw new EmailObsolete('what the e-mail was asked for is over');
  }
  return mintToken(server, { person: person.id, ...request });
}
