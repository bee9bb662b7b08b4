import { randomBytes } from 'node:crypto';
import { pino, type Logger } from 'pino';
import type { Sequelize } from 'sequelize';
import { idsInOrder, uuidv7 } from '#shared/engine/ids.ts';
import type { Config } from './config.ts';
import { connect, databaseName } from './database/connect.ts';
import { defineModels, type Models } from './models/models.ts';

/** What every part of the server is handed: the database, the clock, ids and the log. Nothing of it is global. */
export type Server = {
  db: Sequelize;
  models: Models;
  config: Config;
  /** Milliseconds since 1970. */
  now: () => number;
  newId: () => string;
  log: Logger;
  /** A database whose name starts with test_ may issue invoices for any day. */
  testDatabase: boolean;
};

/**
 * @param url the database; where the config has none it is the private one's
 * @param connections the most connections at once
 */
export function openServer(config: Config, url: string, connections?: number): Server {
  const db = connect(url, connections);
  return {
    db,
    models: defineModels(db),
    config,
    now: Date.now,
    newId: idsInOrder(Date.now, () => randomBytes(10)),
    log: pino({ level: config.logLevel, serializers }),
    testDatabase: databaseName(url).startsWith('test_'),
  };
}

/** An error as it is logged: without the statement and the values that a database error carries. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack } = error;
  return { name, message, stack };
}

/** How values of these names are logged; pino writes each line as JSON, so that nothing typed begins another. */
export const serializers = { error: describeError };

/** An id of a time: for demo people and tests, whose days are in the past. */
export function newId(now: number): string {
  return uuidv7(now, randomBytes(10));
}
