import { languages } from '../settings/language.ts';
import * as z from 'zod/mini';
import { filledLine, id, unique } from '../engine/field.ts';
import { canonicalEmail } from './email-address.ts';
import { email, username } from './schema.ts';

/** Input schemas of the account procedures. Usernames and e-mail addresses are trimmed and lower-cased. */

const folded = (text: unknown) => (typeof text === 'string' ? text.trim().toLowerCase() : text);
const canonical = (text: unknown) => (typeof text === 'string' ? canonicalEmail(text) : text);
export const anyUsername = z.pipe(z.transform(folded), username());
export const anyEmail = z.pipe(z.transform(canonical), email());
const login = z.string().check(z.minLength(1), z.maxLength(254));
/** The password as typed, never truncated. Its maximum of 128 characters is checked with the other password rules. */
const password = z.string().check(z.minLength(1), z.maxLength(512));
/** Six digits of an authenticator app, or a recovery code. */
const code = z.optional(z.string().check(z.maxLength(32)));
/** A page of this app. Only plain characters, because it becomes a part of the link in an e-mail. */
const ownPage = z.string().check(z.maxLength(300), z.regex(/^\/(?!\/)[\w/?&=.,:%+-]*$/));
/** 32 bytes as base64url. */
const token = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/));

/** A signed-in person must prove their identity again before they change anything sensitive. */
export const proof = z.strictObject({ password, code });
export type Proof = z.infer<typeof proof>;

export const credentials = z.strictObject({
  login,
  password,
  code,
  /** The device's own random name. A sign-in from an unknown device is reported to the person by e-mail. */
  device: z.optional(z.string().check(z.regex(/^[\w.-]{1,64}$/))),
});
export type Credentials = z.infer<typeof credentials>;

export const registration = z.strictObject({
  username: anyUsername,
  email: anyEmail,
  language: z.enum(languages),
  /** The page that the person wanted, such as a configured order. The link of the e-mail leads there, on any device. */
  wanted: z.optional(ownPage),
});
export type Registration = z.infer<typeof registration>;

export const address = z.strictObject({ email: anyEmail });
export const verification = z.strictObject({
  token,
  password,
  /** Another username, if somebody else has taken the requested one in the meantime. */
  username: z.optional(anyUsername),
});
export const newPassword = z.strictObject({ token, password });
export const confirmation = z.strictObject({ token });
export const passwordChange = z.strictObject({ proof, password });
export const emailChange = z.strictObject({ proof, email: anyEmail });

/** Sets up a second factor. `login` is needed during sign-in, where one is required; a signed-in person leaves it out. */
export const totpStart = z.strictObject({ login: z.optional(login), password });
export const totpConfirm = z.strictObject({
  login: z.optional(login),
  password,
  code: z.string().check(z.maxLength(32)),
});
export const proven = z.strictObject({ proof });
export const endSessions = z.strictObject({
  proof,
  sessions: z.array(id()).check(z.maxLength(200), unique()),
});

export const displayName = filledLine(80);
