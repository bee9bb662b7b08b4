import type { Model, ModelStatic, Sequelize, Transaction } from 'sequelize';
import type { Actor } from '#shared/engine/actor.ts';
import type { Collection, DocumentOf, Fields, NewDocument } from '#shared/engine/collection.ts';
import type { Rights } from '#shared/engine/rights.ts';

export type Table = ModelStatic<Model>;
type Log = (values: object, message: string) => void;

/** What the engine needs from the server that it runs in. */
export type SyncServer = {
  db: Sequelize;
  /** The model of every collection by its name, and the engine's own tables. */
  models: Readonly<Record<string, Table>> & { audit: Table; removals: Table };
  /** Milliseconds since 1970. */
  now: () => number;
  newId: () => string;
  log: { info: Log; warn: Log; error: Log };
  sync: SyncSetup;
};

/** What the product provides: its collections, its rights, and its hooks before and after writes. */
export type SyncSetup = {
  collections: Readonly<Record<string, Collection>>;
  rights: Rights;
  /** The hooks of each collection. They run in the listed order. */
  hooks: Readonly<Record<string, readonly AnyHooks[]>>;
  /** Refuses a push of this many documents, for now, because the actor has pushed too many. @throws DomainError */
  admit?: (server: SyncServer, actor: Actor, count: number) => Promise<void>;
  /** The current role of each session. Sessions that have ended are missing from the result. */
  rolesOf: (server: SyncServer, sessions: readonly string[]) => Promise<Map<string, string>>;
};

/** The author of a write, with device and time. */
export type Writer<A extends Actor = Actor> = {
  /** Null: the server itself, in a job. */
  actor: A | null;
  /** The device's own random name, or the name of the job. */
  device: string;
  /** The time of writing, according to the server's clock. */
  writtenAt: number;
  /** The time of writing, according to the device's clock. It identifies a change that is sent twice. */
  deviceTime?: number;
  /** The pushed document. Changes of other documents that the push causes are not the writer's own. */
  document?: string;
  /** New documents only: the fields that the writer set. */
  writtenFields?: readonly string[];
  /** 'mail': an inbound e-mail. Missing: the app. */
  origin?: 'mail';
};

/** A document written by a transaction. If it was `removed`, `after` is its last state. */
export type Change = { collection: Collection; before: Fields | null; after: Fields; removed?: true };

/** Names a document. */
export type DocumentRef = { collection: Collection; id: string };

/** An audit line about something that is not a document. `changes` must not contain secrets. */
export type AuditEntry = {
  collection: string;
  document: string;
  action: string;
  changes?: Record<string, [from: unknown, to: unknown]>;
};

/** A field of a document whose values are removed from the audit. */
export type Erasure = { collection: string; document: string; field: string };

/**
 * A transaction, with everything that one accepted write causes. All writes use it (pushes, commands, jobs, inbound
 * e-mail), so that each row gets its hooks, its audit line and, last of all, its seq.
 */
export type Tx<S extends SyncServer = SyncServer, A extends Actor = Actor> = {
  server: S;
  transaction: Transaction;
  writer: Writer<A>;
  now: number;
  /** Loads a document and locks it for this transaction. Null: it does not exist. */
  load: <C extends Collection>(collection: C, id: string) => Promise<DocumentOf<C> | null>;
  /**
   * Loads a document without a lock, if only a value such as a name or an address is needed. A lock could cause a
   * deadlock: a foreign key that refers to a row takes a shared lock on it, and two writers that hold one would each
   * wait for the other to lock the row. Null: the document does not exist.
   */
  read: <C extends Collection>(collection: C, id: string) => Promise<DocumentOf<C> | null>;
  /** Saves a new document. @throws DomainError 'invalid' if it does not fit its schema */
  create: <C extends Collection>(
    collection: C,
    document: NewDocument<DocumentOf<C>>,
  ) => Promise<DocumentOf<C>>;
  /** Saves a change. @throws DomainError 'invalid' if the result does not fit its schema */
  update: <C extends Collection>(
    collection: C,
    before: DocumentOf<C>,
    patch: Partial<DocumentOf<C>>,
  ) => Promise<DocumentOf<C>>;
  /** Deletes the document. Replicas are notified by rows of `removals`. */
  remove: <C extends Collection>(collection: C, before: DocumentOf<C>) => Promise<void>;
  /** Adds an audit line about something that is not a document: settings, passwords, sessions, e-mails. */
  note: (entry: AuditEntry) => void;
  /** Removes all values of a field from the audit, also the one that this transaction writes. */
  erase: (erasure: Erasure) => void;
  /** Runs work at the end of the transaction, before audit and seq. It must not write documents. */
  atEnd: (work: () => Promise<void>) => void;
  /** Takes the next value of a counter. Its row stays locked until the commit, so that the numbers have no gaps. */
  count: (counter: string, by?: number) => Promise<number>;
};

/** What a unit of work has written in a transaction. */
export type UnitRecord = { tx: Tx; changes: Change[]; notes: AuditEntry[]; erasures: Erasure[] };

/** A write before it is saved. `after`: the document with the writer's fields. `changed`: the fields that the writer set. */
export type Write<D> = { before: D | null; after: D; changed: readonly string[] };

/** The product's code for the writes of a collection. */
export type Hooks<S extends SyncServer, A extends Actor, D> = {
  /**
   * Returns the fields that the server sets (number, author, times, price), and makes checks that need other documents.
   * Fields of `after` that the server has not set yet may be missing.
   * @throws DomainError that refuses the write
   */
  derive?: (tx: Tx<S, A>, write: Write<D>) => Promise<Partial<D>>;
  /** Writes the effects of an accepted write in the same transaction: e-mails, events, sums. */
  afterWrite?: (tx: Tx<S, A>, change: { before: D | null; after: D }) => Promise<void>;
  /** The other documents that the write of a pushed document loads. A push locks them all at once, before its first write. */
  loads?: (document: Partial<D>) => DocumentRef[];
  /** Runs before a pushed document is processed, outside its transaction. */
  beforePush?: (server: S, id: string) => Promise<void>;
  /** Refuses a patch that would undo something that happened after its writer saw `base`. @throws DomainError */
  checkBase?: (current: D, base: Partial<D>, patch: { [field in keyof D]?: unknown }) => void;
};
/** The hooks of a collection that is known only at run time. */
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
