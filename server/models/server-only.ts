import type { EmailState } from '#shared/settings/email-state.ts';
import { DataTypes } from 'sequelize';
import {
  bytes,
  day,
  hash,
  id,
  instant,
  integer,
  json,
  key,
  named,
  oneOf,
  reference,
  small,
  text,
  word,
  type Column,
  type Columns,
} from './columns.ts';

/** A number that the database increments. */
const autoIncrement = (): Column<number> => ({
  type: DataTypes.BIGINT,
  allowNull: false,
  primaryKey: true,
  autoIncrement: true,
});

/** The tables that never leave the server. */
export const serverTables = {
  counters: { name: key(word(32)), value: integer() },
  /** The shape of a value depends on its name. The code that reads it knows the shape. */
  settings: { name: key(word(64)), value: json() },
  credentials: {
    person: key(reference('people')),
    passwordHash: word(255, true),
    changedAt: instant(),
    /** Counts the changes of the person's rights. A replica with another count is rebuilt. */
    epoch: small(),
  },
  sessions: {
    idHash: key(hash()),
    /** The id that the person sees, and by which they end the session. */
    id: id(),
    person: reference('people', true),
    data: json(),
    createdAt: instant(),
    seenAt: instant(),
    agent: word(200),
    device: hash(true),
    /** Why the session gives no rights any more: 'disabled', 'removed' or 'ended'. */
    ended: word(16, true),
  },
  registrations: {
    id: key(id()),
    person: reference('people'),
    username: word(32),
    createdAt: instant(),
  },
  tokens: {
    hash: key(hash()),
    purpose: oneOf<'verify' | 'reset' | 'invite' | 'email'>(16),
    person: reference('people'),
    registration: reference('registrations', true),
    email: word(254, true),
    createdAt: instant(),
    expiresAt: instant(),
    usedAt: instant(true),
  },
  totp: {
    person: key(reference('people')),
    secret: word(64),
    confirmedAt: instant(true),
    lastStep: integer(),
  },
  recoveryCodes: {
    person: key(reference('people')),
    hash: key(hash()),
    usedAt: instant(true),
  },
  devices: {
    person: key(reference('people')),
    device: key(hash()),
    since: instant(),
  },
  removals: {
    id: key(id()),
    seq: integer(),
    collection: word(32),
    document: id(),
    audience: word(64),
  },
  pages: {
    name: key(word(16)),
    language: key(word(8)),
    version: key(small()),
    body: text(),
    publishedAt: instant(),
    publishedBy: id(true),
  },
  throttles: { name: key(hash()), since: instant(), tries: small() },
  series: {
    code: key(word(8)),
    year: key(small()),
    lastNumber: integer(),
    lastDate: day(),
    /** The number of the first invoice of the year. */
    firstNumber: integer(),
  },
  charges: {
    id: key(id()),
    order: named('order_id', reference('orders')),
    from: named('from_day', day()),
    to: named('to_day', day()),
    amount: integer(),
    invoice: reference('invoices'),
    madeAt: instant(),
  },
  /** Which server may run a job now. */
  leases: {
    name: key(word(32)),
    holder: id(true),
    fence: integer(),
    heldUntil: instant(),
  },
  /** The history of job runs. A run without an end was killed or is still running. */
  runs: {
    id: key(id()),
    job: word(32),
    startedAt: instant(),
    endedAt: instant(true),
    askedBy: reference('people', true),
    progress: json<{ done: number; total: number; at?: number }>(),
    /** What the job counted. */
    result: json<Record<string, number>, true>(true),
    error: word(500, true),
  },
  /** Logos as they were printed on invoices, by SHA-256. */
  logos: { hash: key(hash()), png: bytes('long') },
  /** The hash chain over everything issued, in order of issue. */
  records: {
    position: key(integer()),
    invoice: reference('invoices'),
    body: text(),
    hash: hash(),
  },
  /** The chained records of invoices for the Spanish tax office, and its answers. */
  verifactuRecords: {
    position: key(integer()),
    environment: word(12),
    invoice: reference('invoices'),
    body: text(),
    fingerprint: hash(),
    state: oneOf<'waiting' | 'accepted' | 'with errors' | 'refused' | 'resent'>(12),
    answer: word(500),
    sentAt: instant(true),
  },
  verifactuEvents: {
    position: key(integer()),
    kind: word(4),
    at: instant(),
    detail: word(500),
    body: text(),
    fingerprint: hash(),
  },
  /** Amounts on a client's next invoice besides the charges of periods. They may be negative. */
  adjustments: {
    id: key(id()),
    client: reference('people'),
    order: named('order_id', reference('orders', true)),
    text: word(300),
    amount: integer(),
    invoice: reference('invoices', true),
    madeAt: instant(),
    madeBy: reference('people', true),
  },
  /** Tells whose reply an e-mail is and to which ticket, by the SHA-256 of the token in its address. */
  mailTokens: {
    hash: key(hash()),
    ticket: reference('tickets'),
    person: reference('people'),
    createdAt: instant(),
  },
  /** Received e-mails and messages of the contact form, and what became of them. */
  incoming: {
    id: key(id()),
    mailKey: hash(),
    receivedAt: instant(),
    source: oneOf<'mail' | 'form'>(8),
    queue: oneOf<'technical' | 'billing'>(16),
    sender: word(254),
    senderName: word(120),
    recipient: word(254),
    subject: word(300),
    body: text(),
    state: word(16),
    why: word(32),
    /** The message that it became. No reference, because an e-mail may be kept longer. */
    message: id(true),
    ticket: reference('tickets', true),
    handledBy: reference('people', true),
    handledAt: instant(true),
  },
  /** A received e-mail as it came, in pieces of 1 MiB. */
  mailChunks: {
    mail: key(reference('incoming')),
    n: key(small()),
    bytes: bytes('medium'),
  },
  fileChunks: {
    file: key(reference('files')),
    n: key(small()),
    bytes: bytes('medium'),
  },
  outbox: {
    id: key(id()),
    kind: word(32),
    document: word(64),
    /** Kind, document and, if there can be several, the event. Each key is mailed once per recipient. */
    dedupeKey: word(200),
    /** The values of the event that the e-mail shows. */
    payload: json(),
    recipient: word(254),
    person: reference('people', true),
    state: oneOf<EmailState>(16),
    notBefore: instant(),
    /** Who caused it, if their e-mails are counted, and the time before which it is not sent (email/pace.ts). */
    causedBy: word(64, true),
    earliest: instant(),
    attempts: small(),
    claim: id(true),
    claimedUntil: instant(),
    messageId: word(120),
    lastError: word(500, true),
    createdAt: instant(),
    sentAt: instant(true),
    heldBy: id(true),
  },
  audit: {
    id: autoIncrement(),
    at: instant(),
    writtenAt: instant(),
    deviceTime: instant(),
    /** No reference, because the actor stays on record after the person is removed. */
    actor: id(true),
    actorName: word(80),
    device: word(64),
    collection: word(32),
    document: word(64),
    action: word(16),
    changes: json<Record<string, [from: unknown, to: unknown]>>(),
    /** For a new document: the fields that its writer set. The server may have set others. */
    writtenFields: json<string[], true>(true),
  },
} satisfies Record<string, Columns>;

export type ServerTable = keyof typeof serverTables;
