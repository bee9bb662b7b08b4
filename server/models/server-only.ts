import { DataTypes, type ModelAttributes } from 'sequelize';
import { day, hash, id, instant, integer, json, key, reference, small, word } from './columns.ts';

/** The tables that never leave the server. */
export const serverTables = {
  counters: { name: { ...word(32), primaryKey: true }, value: integer() },
  settings: { name: { ...word(64), primaryKey: true }, value: json() },
  credentials: {
    person: { ...reference('people'), primaryKey: true },
    passwordHash: word(255),
    changedAt: instant(),
  },
  sessions: {
    idHash: { ...hash(), primaryKey: true },
    person: reference('people', { allowNull: true }),
    data: json(),
    createdAt: instant(),
    seenAt: instant(),
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
  papers: {
    id: key(),
    kind: word(16),
    invoice: reference('invoices', { allowNull: true }),
    mediaType: word(64),
    fileName: word(120),
    size: integer(),
    sha256: hash(),
    createdAt: instant(),
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
    step: small(),
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
  },
  audit: {
    id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true, allowNull: false },
    at: instant(),
    writtenAt: instant(),
    saidAt: instant(),
    actor: reference('people', { allowNull: true }),
    device: word(64),
    collection: word(32),
    document: id(),
    action: word(8),
    changes: json(),
  },
} satisfies Record<string, ModelAttributes>;

export type ServerTable = keyof typeof serverTables;
