import type { Content, Frame } from '../email/compose.ts';
import type { AccountChange } from './account-changes.ts';
import { hoursOf, linkPaths } from './email-links.ts';

/** The content of an e-mail with a link that works once. */
export type AccountLink = { username: string; token: string };
/** `when`: the time of the change, formatted for the reader. */
export type ChangedAccount = { username: string; what: AccountChange; when: string };
/** `percent`: the tax that holds, in hundredths. */
export type HeldTax = { name: string; person: string; percent: number };
export type NamedPerson = { name: string; email: string };

/** To a person who registered: confirm that the address is yours. */
export function verifyEmail(
  { provider }: Frame,
  { username, token, wanted }: AccountLink & { wanted: string | null },
): Content {
  return {
    subject: `Confirm your e-mail address for ${provider}`,
    paragraphs: [
      `Somebody, most likely you, created the account "${username}" at ${provider} with this e-mail address.`,
      `Please confirm the address and choose a password. The link works once and expires after ${hoursOf('verify')} hours.`,
      'If it was not you, you do not need to do anything. We will delete the account.',
    ],
    link: { text: 'Confirm the address', path: linkPaths.verify(token, wanted) },
  };
}

/** To the new address of an account, when its owner wants to change the address. */
export function confirmEmail({ provider }: Frame, { username, token }: AccountLink): Content {
  return {
    subject: `Confirm the new e-mail address of ${username}`,
    paragraphs: [
      `Somebody, most likely you, asked to use this e-mail address for the account "${username}" at ${provider}.`,
      `If it was you, please confirm it. The link works once and expires after ${hoursOf('email')} hours.`,
    ],
    link: { text: 'Use this address', path: linkPaths.confirm(token) },
  };
}

/** To the owner of an address, when somebody tries to use it for an account again. */
export function emailKnown({ provider }: Frame, { username }: { username: string }): Content {
  return {
    subject: `You already have an account at ${provider}`,
    paragraphs: [
      `Somebody, perhaps you, wanted to use this e-mail address for an account. You already have one: "${username}".`,
      'If you forgot your password, you can set a new one.',
      'If it was not you, you do not need to do anything. Nothing has changed.',
    ],
    link: { text: 'Reset your password', path: '/forgot-password' },
  };
}

/** To a person who forgot the password. */
export function passwordReset({ provider }: Frame, { username, token }: AccountLink): Content {
  return {
    subject: `Reset your password for ${provider}`,
    paragraphs: [
      `Somebody, most likely you, asked for a new password for the account "${username}".`,
      `The link works once and expires after ${hoursOf('reset')} hours.`,
      'If it was not you, you do not need to do anything. Your password stays the same.',
    ],
    link: { text: 'Choose a new password', path: linkPaths.setPassword(token) },
  };
}

/** To a person for whom an admin created an account. */
export function invitation({ provider }: Frame, { username, token }: AccountLink): Content {
  return {
    subject: `Your account at ${provider}`,
    paragraphs: [
      `${provider} created an account for you. Your username is "${username}".`,
      `Set your password to get started. The link works once and expires after ${hoursOf('invite') / 24} days.`,
    ],
    link: { text: 'Set your password', path: linkPaths.setPassword(token) },
  };
}

const changes: Record<AccountChange, string> = {
  password: 'Your password was changed. All other sessions were signed out.',
  email: 'Your e-mail address was changed.',
  username: 'Your username was changed.',
  role: 'Your role was changed. The app may show you different pages now.',
  identity: 'Your billing details were changed.',
  disabled: 'Your account was disabled. Its data is deleted from your devices.',
  enabled: 'Your account was enabled again.',
  'totp-on': 'Two-factor authentication was turned on.',
  'totp-off': 'Two-factor authentication was turned off.',
  'recovery-codes': 'New recovery codes were created. The old ones no longer work.',
  device: 'Somebody signed in to your account from a new device.',
};

/** To the owner of an account, after each change that another person could have made. */
export function accountChanged({ contact }: Frame, { username, what, when }: ChangedAccount): Content {
  return {
    subject:
      what === 'device' ? `New sign-in to your account ${username}` : `Your account ${username} was changed`,
    paragraphs: [
      changes[what],
      `This happened on ${when}. If it was not you, set a new password and write to ${contact}.`,
    ],
    link: { text: 'See your account', path: '/account' },
  };
}

/** To the admins: a person registered. */
export function personRegistered(_frame: Frame, { name, email }: NamedPerson): Content {
  return {
    subject: `New registration: ${name}`,
    paragraphs: [`${name} (${email}) registered. The e-mail address is not confirmed yet.`],
    link: { text: 'See people', path: '/people' },
  };
}

/** To the admins: a person who registered confirmed the address. */
export function personVerified(_frame: Frame, { name, email }: NamedPerson): Content {
  return {
    subject: `Registration confirmed: ${name}`,
    paragraphs: [`${name} (${email}) confirmed the e-mail address and can sign in now.`],
    link: { text: 'See people', path: '/people' },
  };
}

/** To accounting: a client changed what decides their tax, and it would fall. */
export function taxHeld(_frame: Frame, { name, person, percent }: HeldTax): Content {
  return {
    subject: `Review the tax of ${name}`,
    paragraphs: [
      `${name} changed their billing details in a way that would lower their tax. ${percent / 100} % applies until you accept the change.`,
    ],
    link: { text: 'See the client', path: `/clients/${person}` },
  };
}
