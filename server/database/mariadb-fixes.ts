import { createRequire } from 'node:module';
import { Sequelize, type Options } from 'sequelize';

/**
 * Workarounds for three defects of Sequelize 6.37 with the mariadb 3.5 driver. mariadb-fixes.db.test.ts tests each.
 *
 * 1. Untyped raw queries throw "Cannot delete property 'meta'": the driver makes it non-configurable.
 * 2. `skipLocked: true` is silently ignored unless the dialect says that it is supported.
 * 3. DECIMAL and BIGINT arrive as floats unless asked for as strings (see bigNumbers).
 */

type QueryClass = { prototype: { formatResults: (data: unknown) => unknown } };
const require = createRequire(import.meta.url);
const Query = require('sequelize/lib/dialects/mariadb/query') as QueryClass; // an internal module without types

const original = Query.prototype.formatResults;
Query.prototype.formatResults = function (this: unknown, data: unknown) {
  return original.call(this, withDeletableMeta(data));
};

function withDeletableMeta(data: unknown): unknown {
  if (!Array.isArray(data)) return data;
  const meta = Object.getOwnPropertyDescriptor(data, 'meta');
  if (!meta || meta.configurable) return data;
  const copy: unknown[] = data.slice();
  Object.defineProperty(copy, 'meta', { value: meta.value as unknown, configurable: true, writable: true });
  return copy;
}

/** Driver options that keep integers above 2^53 exact. */
export const bigNumbers = { supportBigNumbers: true, bigNumberStrings: true };

/** Creates a Sequelize for MariaDB with these workarounds. */
export function createSequelize(options: Options): Sequelize {
  const sequelize = new Sequelize({ ...options, dialect: 'mariadb' });
  const { dialect } = sequelize as unknown as { dialect: { supports: Record<string, unknown> } }; // not in the types
  dialect.supports['skipLocked'] = true;
  return sequelize;
}
