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

/** A number that the database counts. */
const autoIncrement = (): Column<number> => ({
  type: DataTypes.BIGINT,
  allowNull: false,
  primaryKey: true,
  autoIncrement: true,
});

/** The tables that never leave the server. */
export const serverTables = {
  counters: { name: key(word(32)), value: integer() },
  /** Each name has a shape of its own, which its reader knows. */
  settings: { name: key(word(64)), value: json() },
  credentials: {
    person: key(reference('people')),
    passwordHash: word(255, true),
    changedAt: instant(),
    /** Counts how often the person's rights changed; a replica of another count is made anew. */
    epoch: small(),
  },
  sessions: {
    idHash: key(hash()),
    /** What the person sees and ends it by. */
    id: id(),
    person: reference('people', true),
    data: json(),
    createdAt: instant(),
    seenAt: instant(),
    agent: word(200),
    device: hash(true),
    /** Why it gives no rights any more: 'disabled', 'removed'. */
    ended: word(16, true),
  },
  registrations: {
    id: key(id()),
    person: reference('people'),
    username: word(32),
    passwordHash: word(255),
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
    /** The number that the first of the year has. */
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
  /** Who may run a job now. */
  leases: {
    name: key(word(32)),
    holder: id(true),
    fence: integer(),
    heldUntil: instant(),
  },
  /** What jobs did; a run without an end was killed, or goes on. */
  runs: {
    id: key(id()),
    job: word(32),
    startedAt: instant(),
    endedAt: instant(true),
    askedBy: reference('people', true),
    progress: json<{ done: number; total: number; at?: number }>(),
    /** What it counted. */
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
  /** An invoice as the Spanish tax office is told of it, chained; and what it said. */
  verifactuRecords: {
    position: key(integer()),
    environment: word(12),
    invoice: reference('invoices'),
    body: text(),
    fingerprint: hash(),
    state: oneOf<'waiting' | 'accepted' | 'with errors' | 'refused' | 'said again'>(12),
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
  /** What goes on a client's next invoice beside the charges of periods; may be negative. */
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
  /** What makes a reply by mail that of one person to one ticket: SHA-256 of the token in its address. */
  mailTokens: {
    hash: key(hash()),
    ticket: reference('tickets'),
    person: reference('people'),
    createdAt: instant(),
  },
  /** Mail that came in and what became of it; messages of the contact form are among it. */
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
    raw: bytes('long', true),
    state: word(16),
    why: word(32),
    /** What became of it: no reference, for a mail may be kept longer. */
    message: id(true),
    ticket: reference('tickets', true),
    handledBy: reference('people', true),
    handledAt: instant(true),
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
    /** Kind, document and, where there may be several, what happened: each is mailed once to a recipient. */
    dedupeKey: word(200),
    /** What happened, as the e-mail tells it. */
    payload: json(),
    recipient: word(254),
    person: reference('people', true),
    state: word(16),
    notBefore: instant(),
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
    /** No reference: who did something stays known when the person is gone. */
    actor: id(true),
    actorName: word(80),
    device: word(64),
    collection: word(32),
    document: word(64),
    action: word(16),
    changes: json<Record<string, [from: unknown, to: unknown]>>(),
    /** Of a new document: the fields that its writer set. The server may have set others. */
    writtenFields: json<string[], true>(true),
  },
} satisfies Record<string, Columns>;

export type ServerTable = keyof typeof serverTables;
