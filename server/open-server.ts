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
import { rolesOf } from './people/sessions.ts';

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
    sync: { collections, rights, hooks, rolesOf },
    atStep: () => undefined,
  };
}

/** An error as it is logged: without the statement and the values that a database error carries. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack } = error;
  return { name, message, stack };
}

/** How values of these names are logged. pino writes each line as JSON, so nothing typed begins another line. */
export const serializers = { error: describeError };
