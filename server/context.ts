import type { Logger } from 'pino';
import type { Sequelize } from 'sequelize';
import type { CollectionName } from '#shared/collections.ts';
import type { Collection, DocumentOf } from '#shared/engine/collection.ts';
import type { Actor } from '#shared/people/actor.ts';
import { isClient } from '#shared/people/role.ts';
import type {
  AnyHooks,
  Hooks,
  SyncSetup,
  Tx as EngineTx,
  Writer as EngineWriter,
} from '#sync/server/context.ts';
import { transact as engineTransact } from '#sync/server/transaction.ts';
import type { Config } from './config.ts';
import type { Step } from './steps.ts';
import type { Models } from './models/models.ts';

/** What every part of the server gets as a parameter: the database, the clock, ids and the log. None of it is global. */
export type Server = {
  db: Sequelize;
  models: Models;
  config: Config;
  /** Milliseconds since 1970. */
  now: () => number;
  newId: () => string;
  log: Logger;
  sync: SyncSetup;
  /** Called at each named step of a job. A fault test stops the process there; in production it does nothing. */
  atStep: (step: Step) => void;
};

export type Tx = EngineTx<Server, Actor>;
export type Writer = EngineWriter<Actor>;

/** Runs work in a transaction with its hooks, audit and seq. See the engine's `transact`. */
export const transact: <T>(
  server: Server,
  writer: Writer,
  work: (tx: Tx) => Promise<T>,
) => Promise<{ result: T }> = engineTransact;

/** Returns the writer for a command of a signed-in person. */
export function commandBy(server: Server, actor: Actor): Writer {
  return { actor, device: 'server', writtenAt: server.now() };
}

/** Returns the writer for a job: the server itself, without an actor. */
export function jobWriter(server: Server, job: string): Writer {
  return { actor: null, device: job, writtenAt: server.now() };
}

/**
 * Whose e-mails are counted for a write: a client's, or those of all visitors. Null: of staff and of jobs, who may send
 * many at once.
 */
export function causeOf({ actor, device }: Writer): string | null {
  if (actor) return isClient(actor) ? actor.id : null;
  return device === visitorDevice ? 'visitors' : null;
}

/** The device of writes that a visitor without an account causes. */
export const visitorDevice = 'server';

/** Types the hooks of one collection by its documents, and returns them in the form that the registry holds. */
export function defineHooks<C extends Collection>(
  _collection: C,
  hooks: Hooks<Server, Actor, DocumentOf<C>>,
): AnyHooks {
  return hooks as unknown as AnyHooks; // the registry calls them with documents of this collection only
}

/** The registry has an entry for every collection. */
export type HookRegistry = Record<CollectionName, readonly AnyHooks[]>;
