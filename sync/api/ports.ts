import type { Language } from '#shared/collections/people.ts';
import type { Actor } from '#shared/policy/actor.ts';
import type {
  FirstPage,
  FirstRequest,
  Poke,
  PokesRequest,
  PullRequest,
  PullResponse,
  PushRequest,
  PushResponse,
} from '../wire.ts';
import type { PageName } from '#shared/pages.ts';
import type { Credentials, Proof, Registration } from './account-input.ts';
import type {
  AuditWanted,
  LetterChange,
  LettersWanted,
  NewPerson,
  PersonEdit,
  Publication,
  SettingsForm,
} from './admin-input.ts';

export type Ok = { ok: true };
export type Provider = {
  provider: string;
  contact: string;
  timeZone: string;
  logo: boolean;
  pages: PageName[];
  /** The tax the reader is charged, hundredths of a percent; null where none is known. */
  taxPercent: number | null;
  /** Staff without a second factor are offered one. */
  offerTotp: boolean;
};
export type OwnSession = {
  id: string;
  agent: string;
  createdAt: number;
  seenAt: number;
  current: boolean;
};
export type OwnSecurity = { sessions: OwnSession[]; totp: boolean; recoveryCodes: number };
export type PublicPage = { body: string; version: number; publishedAt: number } | null;
export type PageVersion = {
  name: PageName;
  language: Language;
  version: number;
  body: string;
  publishedAt: number;
};
export type LetterRow = {
  id: string;
  kind: string;
  recipient: string;
  state: string;
  attempts: number;
  notBefore: number;
  createdAt: number;
  sentAt: number | null;
  lastError: string | null;
};
export type LetterList = {
  letters: LetterRow[];
  counts: Record<string, number>;
  /** Why nothing is sent, and when that is tried again. */
  paused: { since: number; until: number; reason: string } | null;
};
export type AuditLine = {
  id: number;
  at: number;
  writtenAt: number;
  actor: string;
  device: string;
  collection: string;
  document: string;
  action: string;
  changes: Record<string, [unknown, unknown]>;
};

/** What the API asks of a server: the routers know these functions and nothing behind them. */
export type Ports = {
  /** @throws DomainError 'wrong-credentials', 'code-needed', 'wrong-code', 'second-factor-required', 'too-many-tries' */
  signIn: (given: Credentials) => Promise<Actor & { epoch: number }>;
  signOut: () => Promise<void>;
  provider: (actor: Actor | null) => Promise<Provider>;

  register: (given: Registration) => Promise<Ok>;
  resend: (email: string) => Promise<Ok>;
  /** @throws DomainError 'bad-token', 'taken' (the username; the token stays good) */
  verify: (given: { token: string; username?: string | undefined }) => Promise<Ok>;
  requestReset: (email: string) => Promise<Ok>;
  setPassword: (given: { token: string; password: string }) => Promise<Ok>;
  confirmEmail: (token: string) => Promise<Ok>;
  changePassword: (actor: Actor, given: { proof: Proof; password: string }) => Promise<Ok>;
  changeEmail: (actor: Actor, given: { proof: Proof; email: string }) => Promise<Ok>;
  beginTotp: (
    actor: Actor | null,
    given: { login?: string | undefined; password: string },
  ) => Promise<{ secret: string; uri: string }>;
  confirmTotp: (
    actor: Actor | null,
    given: { login?: string | undefined; password: string; code: string },
  ) => Promise<{ recoveryCodes: string[] }>;
  removeTotp: (actor: Actor, proof: Proof) => Promise<Ok>;
  newRecoveryCodes: (actor: Actor, proof: Proof) => Promise<{ recoveryCodes: string[] }>;
  ownSecurity: (actor: Actor) => Promise<OwnSecurity>;
  endOwnSessions: (actor: Actor, given: { proof: Proof; sessions: string[] }) => Promise<Ok>;
  page: (given: { name: PageName; language: Language }) => Promise<PublicPage>;

  first: (actor: Actor, request: FirstRequest) => Promise<FirstPage>;
  pull: (actor: Actor, request: PullRequest) => Promise<PullResponse>;
  push: (actor: Actor, request: PushRequest) => Promise<PushResponse>;
  pokes: (actor: Actor, request: PokesRequest, signal: AbortSignal) => AsyncIterable<Poke>;

  addPerson: (actor: Actor, given: NewPerson) => Promise<{ id: string }>;
  editPerson: (actor: Actor, given: PersonEdit) => Promise<Ok>;
  setRole: (actor: Actor, given: { id: string; role: Actor['role']; proof: Proof }) => Promise<Ok>;
  setStatus: (
    actor: Actor,
    given: { id: string; status: 'verified' | 'disabled'; proof: Proof },
  ) => Promise<Ok>;
  removePerson: (actor: Actor, given: { id: string; proof: Proof }) => Promise<Ok>;
  resendTo: (actor: Actor, id: string) => Promise<Ok>;
  removeTotpOf: (actor: Actor, given: { id: string; proof: Proof }) => Promise<Ok>;
  endSessionsOf: (actor: Actor, id: string) => Promise<Ok>;

  letters: (given: LettersWanted) => Promise<LetterList>;
  changeLetter: (actor: Actor, given: LetterChange) => Promise<Ok>;
  resumeLetters: (actor: Actor) => Promise<Ok>;
  audit: (given: AuditWanted) => Promise<{ lines: AuditLine[] }>;
  readSettings: () => Promise<{ settings: SettingsForm; version: number }>;
  saveSettings: (
    actor: Actor,
    given: { settings: SettingsForm; version: number },
  ) => Promise<{ version: number }>;
  pages: () => Promise<PageVersion[]>;
  publishPage: (actor: Actor, given: Publication) => Promise<{ version: number }>;
  setLogo: (actor: Actor, png: string | null) => Promise<Ok>;
};

export type ApiContext = {
  actor: Actor | null;
  /** Of the actor; 0 where nobody is signed in. */
  epoch: number;
  /** The session that was presented is over because its account is: the device is to delete its replica. */
  disabled: boolean;
  ports: Ports;
};
