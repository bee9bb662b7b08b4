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
  paperChunks: {
    paper: { ...reference('papers'), primaryKey: true },
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
    saidAt: instant(),
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
