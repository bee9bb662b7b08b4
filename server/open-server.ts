import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { collections } from '#shared/collections.ts';
import { idsInOrder } from '#shared/engine/ids.ts';
import { rights } from '#shared/rights.ts';
import { hooks } from './collections.ts';
import type { Config } from './config.ts';
import type { Server } from './context.ts';
import { connect } from './database/connect.ts';
import { defineModels } from './models/models.ts';
import { boundedLine, describeError } from './limits/log-line.ts';
import { rolesOf } from './people/sessions.ts';
import { admit } from './people/throttle.ts';

/**
 * Creates what every part of the server needs: the database, models, clock, ids, log and sync setup.
 *
 * @param url the database to connect to: that of the config, or else the private one
 * @param connections the maximum number of connections
 */
export function openServer(config: Config, url: string, connections?: number): Server {
  const db = connect(url, connections);
  return {
    db,
    models: defineModels(db),
    config,
    now: Date.now,
    newId: idsInOrder(Date.now, () => randomBytes(10)),
    log: pino({ level: config.logLevel, serializers, formatters: { log: boundedLine } }),
    sync: { collections, rights, hooks, rolesOf, admit },
    atStep: () => undefined,
  };
}

/** How values with these names are logged. pino writes each line as JSON, so user input cannot start a new line. */
export const serializers = { error: describeError };
