import { DataTypes, type ModelAttributes } from 'sequelize';
import { day, hash, id, instant, integer, json, key, reference, small, text, word } from './columns.ts';

/** The tables that never leave the server. */
export const serverTables = {
  counters: { name: { ...word(32), primaryKey: true }, value: integer() },
  settings: { name: { ...word(64), primaryKey: true }, value: json() },
  credentials: {
    person: { ...reference('people'), primaryKey: true },
    passwordHash: word(255, true),
    changedAt: instant(),
    /** Counts how often the person's rights changed; a replica of another count is made anew. */
    epoch: small(),
  },
  sessions: {
    idHash: { ...hash(), primaryKey: true },
    /** What the person sees and ends it by. */
    id: id(),
    person: reference('people', { allowNull: true }),
    data: json(),
    createdAt: instant(),
    seenAt: instant(),
    agent: word(200),
    device: hash(true),
    /** Why it gives no rights any more: 'disabled', 'removed'. */
    ended: word(16, true),
  },
  registrations: {
    id: key(),
    person: reference('people'),
    username: word(32),
    passwordHash: word(255),
    createdAt: instant(),
  },
  tokens: {
    hash: { ...hash(), primaryKey: true },
    purpose: word(16),
    person: reference('people'),
    registration: reference('registrations', { allowNull: true }),
    email: word(254, true),
    createdAt: instant(),
    expiresAt: instant(),
    usedAt: instant(true),
  },
  totp: {
    person: { ...reference('people'), primaryKey: true },
    secret: word(64),
    confirmedAt: instant(true),
    lastStep: integer(),
  },
  recoveryCodes: {
    person: { ...reference('people'), primaryKey: true },
    hash: { ...hash(), primaryKey: true },
    usedAt: instant(true),
  },
  devices: {
    person: { ...reference('people'), primaryKey: true },
    device: { ...hash(), primaryKey: true },
    since: instant(),
  },
  removals: {
    id: key(),
    seq: integer(),
    collection: word(32),
    document: id(),
    audience: word(64),
  },
  pages: {
    name: { ...word(16), primaryKey: true },
    language: { ...word(8), primaryKey: true },
    version: { ...small(), primaryKey: true },
    body: text(),
    publishedAt: instant(),
    publishedBy: { ...id(), allowNull: true },
  },
  throttles: { name: { ...hash(), primaryKey: true }, since: instant(), tries: small() },
  series: {
    code: { ...word(8), primaryKey: true },
    year: { ...small(), primaryKey: true },
    lastNumber: integer(),
    lastDate: day(),
    /** The number that the first of the year has. */
    firstNumber: integer(),
  },
  charges: {
    id: key(),
    order: reference('orders', { field: 'order_id' }),
    from: { ...day(), field: 'from_day' },
    to: { ...day(), field: 'to_day' },
    amount: integer(),
    invoice: reference('invoices'),
    madeAt: instant(),
  },
  /** Who may run a job now. */
  leases: {
    name: { ...word(32), primaryKey: true },
    holder: { ...id(), allowNull: true },
    fence: integer(),
    heldUntil: instant(),
  },
  /** What jobs did; a run without an end was killed, or goes on. */
  runs: {
    id: key(),
    job: word(32),
    startedAt: instant(),
    endedAt: instant(true),
    askedBy: reference('people', { allowNull: true }),
    progress: json(),
    result: json(true),
    error: word(500, true),
  },
  /** Logos as they were printed on invoices, by SHA-256. */
  logos: { hash: { ...hash(), primaryKey: true }, png: { type: DataTypes.BLOB('long'), allowNull: false } },
  /** The hash chain over everything issued, in order of issue. */
  records: {
    position: { ...integer(), primaryKey: true },
    invoice: reference('invoices'),
    body: text(),
    hash: hash(),
  },
  /** An invoice as the Spanish tax office is told of it, chained; and what it said. */
  verifactuRecords: {
    position: { ...integer(), primaryKey: true },
    environment: word(12),
    invoice: reference('invoices'),
    body: text(),
    fingerprint: hash(),
    state: word(12),
    answer: word(500),
    sentAt: instant(true),
  },
  verifactuEvents: {
    position: { ...integer(), primaryKey: true },
    kind: word(4),
    at: instant(),
    detail: word(500),
    body: text(),
    fingerprint: hash(),
  },
  /** What goes on a client's next invoice beside the charges of periods; may be negative. */
  adjustments: {
    id: key(),
    client: reference('people'),
    order: reference('orders', { allowNull: true, field: 'order_id' }),
    text: word(300),
    amount: integer(),
    invoice: reference('invoices', { allowNull: true }),
    madeAt: instant(),
    madeBy: reference('people', { allowNull: true }),
  },
  /** What makes a reply by mail that of one person to one ticket: SHA-256 of the token in its address. */
  mailTokens: {
    hash: { ...hash(), primaryKey: true },
    ticket: reference('tickets'),
    person: reference('people'),
    createdAt: instant(),
  },
  /** Mail that came in and what became of it; messages of the contact form are among it. */
  incoming: {
    id: key(),
    mailKey: hash(),
    receivedAt: instant(),
    source: word(8),
    queue: word(16),
    sender: word(254),
    senderName: word(120),
    recipient: word(254),
    subject: word(300),
    body: text(),
    raw: { type: DataTypes.BLOB('long'), allowNull: true },
    state: word(16),
    why: word(32),
    /** What became of it: no reference, for a mail may be kept longer. */
    message: id(true),
    ticket: reference('tickets', { allowNull: true }),
    handledBy: reference('people', { allowNull: true }),
    handledAt: instant(true),
  },
  fileChunks: {
    file: { ...reference('files'), primaryKey: true },
    n: { ...small(), primaryKey: true },
    bytes: { type: DataTypes.BLOB('medium'), allowNull: false },
  },
  outbox: {
    id: key(),
    kind: word(32),
    document: id(),
    step: integer(),
    recipient: word(254),
    person: reference('people', { allowNull: true }),
    state: word(16),
    notBefore: instant(),
    attempts: small(),
    claim: { ...id(), allowNull: true },
    claimedUntil: instant(),
    messageId: word(120),
    lastError: word(500, true),
    createdAt: instant(),
    sentAt: instant(true),
    heldBy: { ...id(), allowNull: true },
  },
  audit: {
    id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true, allowNull: false },
    at: instant(),
    writtenAt: instant(),
    deviceTime: instant(),
    /** No reference: who did something stays known when the person is gone. */
    actor: { ...id(), allowNull: true },
    actorName: word(80),
    device: word(64),
    collection: word(32),
    document: word(64),
    action: word(16),
    changes: json(),
    /** Of a new document: the fields that its writer gave (the server may have set others). */
    said: json(true),
  },
} satisfies Record<string, ModelAttributes>;

export type ServerTable = keyof typeof serverTables;
