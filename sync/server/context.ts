import type { Model, ModelStatic, Sequelize, Transaction } from 'sequelize';
import type { Actor } from '#shared/engine/actor.ts';
import type { Collection, DocumentOf, Fields, NewDocument } from '#shared/engine/collection.ts';
import type { Rights } from '#shared/engine/rights.ts';

export type Table = ModelStatic<Model>;
type Log = (values: object, message: string) => void;

/** What the engine needs of the server that it runs in. */
export type SyncServer = {
  db: Sequelize;
  /** A model for every collection, by its name, and the engine's own tables. */
  models: Readonly<Record<string, Table>> & { audit: Table; removals: Table };
  /** Milliseconds since 1970. */
  now: () => number;
  newId: () => string;
  log: { info: Log; warn: Log; error: Log };
  sync: SyncSetup;
};

/** The product's part: its collections, its rights, and what it does before and after writes. */
export type SyncSetup = {
  collections: Readonly<Record<string, Collection>>;
  rights: Rights;
  /** By collection. Where several hooks are listed, all of them run in this order. */
  hooks: Readonly<Record<string, readonly AnyHooks[]>>;
  /** The role that each of these sessions gives now. A session that has ended is missing. */
  rolesOf: (server: SyncServer, sessions: readonly string[]) => Promise<Map<string, string>>;
};

/** Who writes, from where, and when. */
export type Writer<A extends Actor = Actor> = {
  /** Null: the server itself, in a job. */
  actor: A | null;
  /** The device's own random name, or the name of the job. */
  device: string;
  /** When it was written, by the server's clock. */
  writtenAt: number;
  /** The same by the device's clock. It identifies a change that is sent twice. */
  deviceTime?: number;
  /** The document that a push is about. Changes that it causes in others are not the writer's own. */
  document?: string;
  /** Of a new document: the fields that its writer set. */
  writtenFields?: readonly string[];
  /** 'mail': an e-mail that came in. Default: the app. */
  origin?: 'mail';
};

/** One document that a transaction wrote. `removed`: `after` is how it was last. */
export type Change = { collection: Collection; before: Fields | null; after: Fields; removed?: true };

/** A line of the audit about something that is no document. `changes` holds no secrets. */
export type AuditEntry = {
  collection: string;
  document: string;
  action: string;
  changes?: Record<string, [from: unknown, to: unknown]>;
};

/**
 * A transaction: everything that one accepted write causes. Every writer uses it (pushes, commands, jobs, inbound
 * mail), so each row gets its audit line, its hooks and, last of all, its seq.
 */
export type Tx<S extends SyncServer = SyncServer, A extends Actor = Actor> = {
  server: S;
  transaction: Transaction;
  writer: Writer<A>;
  now: number;
  /** The document, locked for this transaction. Null: there is none. */
  load: <C extends Collection>(collection: C, id: string) => Promise<DocumentOf<C> | null>;
  /** Saves a new document. @throws DomainError 'invalid' where it does not fit its schema */
  create: <C extends Collection>(
    collection: C,
    document: NewDocument<DocumentOf<C>>,
  ) => Promise<DocumentOf<C>>;
  /** Saves a change. @throws DomainError 'invalid' where the result does not fit its schema */
  update: <C extends Collection>(
    collection: C,
    before: DocumentOf<C>,
    patch: Partial<DocumentOf<C>>,
  ) => Promise<DocumentOf<C>>;
  /** Deletes the document. Replicas learn it from rows of `removals`. */
  remove: <C extends Collection>(collection: C, before: DocumentOf<C>) => Promise<void>;
  /** Adds an audit line about something that is no document: settings, passwords, sessions, e-mails. */
  note: (entry: AuditEntry) => void;
  /** The next value of a counter. Its row stays locked until the commit, so numbers have no gap. */
  count: (counter: string, by?: number) => Promise<number>;
};

/** A write on its way: `after` is the document with the writer's fields, `changed` are the fields that the writer set. */
export type Write<D> = { before: D | null; after: D; changed: readonly string[] };

/** What a collection's product code adds to its writes. */
export type Hooks<S extends SyncServer, A extends Actor, D> = {
  /**
   * Fields that the server sets (number, author, times, price), and checks that need other documents.
   * Fields of `after` that the server has yet to set may be missing.
   * @throws DomainError that refuses the write
   */
  derive?: (tx: Tx<S, A>, write: Write<D>) => Promise<Partial<D>>;
  /** What an accepted write causes, in the same transaction: e-mails, events, sums. */
  afterWrite?: (tx: Tx<S, A>, change: { before: D | null; after: D }) => Promise<void>;
  /** Runs before a pushed change of a document is looked at, outside its transaction. */
  beforePush?: (server: S, id: string) => Promise<void>;
  /** Refuses a patch that undoes something which has happened since its writer saw `base`. @throws DomainError */
  checkBase?: (current: D, base: Partial<D>, patch: { [field in keyof D]?: unknown }) => void;
};
/** Hooks of a collection that is known only at run time. */
export type AnyHooks = Hooks<SyncServer, Actor, Fields>;

/** The model of a collection. */
export function modelOf({ models }: SyncServer, { name }: Collection): Table {
  const model = models[name];
  if (!model) throw new Error(`there is no table for ${name}`);
  return model;
}

/** The hooks of a collection. */
export function hooksOf({ sync }: SyncServer, { name }: Collection): readonly AnyHooks[] {
  return sync.hooks[name] ?? [];
}
