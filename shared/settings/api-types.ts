import type { Seller } from '../invoices/schema.ts';
import type { Order } from '../orders/schema.ts';
import type { Language } from '../people/schema.ts';
import type { Service } from '../services/schema.ts';
import type { Ticket } from '../tickets/schema.ts';
import type { Actor } from '../engine/actor.ts';
import type {
  FirstPage,
  FirstRequest,
  Poke,
  PokesRequest,
  PullRequest,
  PullResponse,
  PushRequest,
  PushResponse,
} from '#sync/protocol.ts';
import type { Day } from '../billing/day.ts';
import type { PageName } from './pages.ts';
import type { Credentials, Proof, Registration } from '../people/account-input.ts';
import type { AnchorInput, NewAdjustment, Release } from '../../server/invoices/router.ts';
import type { ContactForm, InboundMailQuery } from '../tickets/inbound-mail-input.ts';
import type {
  AuditQuery,
  OutboxChange,
  OutboxQuery,
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
  /** The version of the terms in force, by language; empty: none were published. */
  terms: { language: Language; version: number }[];
  /** The tax the reader is charged, hundredths of a percent; null where none is known. */
  taxPercent: number | null;
  /** Whether the periods of new orders follow the calendar: what a first invoice will be. */
  alignment: Order['alignment'];
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
export type OutboxRow = {
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
/** A mail that came in; `why` it is where it is, as a word. */
export type IncomingRow = {
  id: string;
  receivedAt: number;
  source: 'mail' | 'form';
  sender: string;
  senderName: string;
  subject: string;
  body: string;
  why: string;
  ticket: string | null;
};
export type MailList = { mails: IncomingRow[]; unmatched: number };
/** The provider as a visitor sees it, and what it offers, with the tax that most visitors are charged. */
export type Landing = {
  seller: Seller;
  services: Service[];
  /** Hundredths of a percent; 0: prices are as they stand. */
  taxPercent: number;
  currency: string;
};
/** An order by its number and name, as a person knows it. */
export type NamedOrder = { order: string; number: number | null; text: string };
/** What a run would issue; amounts net, in minor units. */
export type NextRun = {
  day: Day;
  currency: string;
  clients: {
    client: string;
    name: string;
    net: number;
    /** Nothing is issued before there is a billing identity. */
    waits: boolean;
    charges: (NamedOrder & {
      from: Day;
      to: Day;
      amount: number;
      due: Day;
      /** Price of the period x days / days of the whole period. */
      why: { price: number; days: number; of: number };
    })[];
    adjustments: { text: string; amount: number }[];
  }[];
  held: NamedOrder[];
  net: number;
  /** Net of what was issued in the month before the day, and in its own month so far. */
  lastMonth: number;
  thisMonth: number;
};
/** What waits for a client's next invoice, net, in minor units. */
export type WaitingAdjustment = {
  id: string;
  client: string;
  name: string;
  text: string;
  amount: number;
  madeAt: number;
};
export type RunList = {
  nextRunAt: number | null;
  runs: {
    id: string;
    job: string;
    startedAt: number;
    endedAt: number | null;
    state: 'asked' | 'running' | 'done' | 'failed' | 'killed';
    askedBy: string | null;
    progress: { done: number; total: number };
    result: Record<string, number> | null;
    error: string | null;
  }[];
};
/** The records for the Spanish tax office. */
export type VerifactuState = {
  environment: 'off' | 'test' | 'production';
  hasCertificate: boolean;
  /** By state: waiting, accepted, with errors, refused, said again. */
  counts: Record<string, number>;
  /** Why nothing can be sent, and when that is tried again. */
  line: { until: number; reason: string } | null;
  /** Refused, or accepted with errors: to be said again. */
  refused: { position: number; number: string; state: 'refused' | 'with errors'; answer: string }[];
  /** Newest first. */
  events: { at: number; detail: string }[];
};
export type OutboxList = {
  emails: OutboxRow[];
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

  emails: (given: OutboxQuery) => Promise<OutboxList>;
  changeQueuedEmail: (actor: Actor, given: OutboxChange) => Promise<Ok>;
  resumeOutbox: (actor: Actor) => Promise<Ok>;
  audit: (given: AuditQuery) => Promise<{ lines: AuditLine[] }>;
  /** How many mails wait to be looked at by the actor. */
  unmatchedMail: (actor: Actor) => Promise<number>;
  incomingMail: (actor: Actor, given: InboundMailQuery) => Promise<MailList>;
  attachMail: (actor: Actor, given: { id: string; ticket: string }) => Promise<{ ticket: string }>;
  openFromMail: (actor: Actor, given: { id: string; queue: Ticket['queue'] }) => Promise<{ ticket: string }>;
  dismissMail: (actor: Actor, id: string) => Promise<Ok>;
  nextRun: (day: Day) => Promise<NextRun>;
  releaseOrder: (actor: Actor, given: Release) => Promise<Ok>;
  setAnchor: (actor: Actor, given: AnchorInput) => Promise<Ok>;
  adjustments: () => Promise<WaitingAdjustment[]>;
  addAdjustment: (actor: Actor, given: NewAdjustment) => Promise<Ok>;
  removeAdjustment: (actor: Actor, id: string) => Promise<Ok>;
  runs: () => Promise<RunList>;
  runNow: (actor: Actor) => Promise<Ok>;
  verifactu: () => Promise<VerifactuState>;
  resendRecord: (actor: Actor, position: number) => Promise<Ok>;
  removeDraft: (actor: Actor, id: string) => Promise<Ok>;
  landing: () => Promise<Landing>;
  contact: (given: ContactForm) => Promise<Ok>;
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
