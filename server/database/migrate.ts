import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { QueryTypes, type Sequelize } from 'sequelize';
import { Umzug } from 'umzug';

const folder = fileURLToPath(new URL('../../migrations/', import.meta.url));

type Migration = { up: (sequelize: Sequelize) => Promise<void> };

/**
 * Runs the migrations that the database does not have yet, in the order of their names.
 *
 * @returns the names of those that ran
 * @throws Error if the database has a migration that this version does not know
 */
export async function migrate(sequelize: Sequelize): Promise<string[]> {
  await sequelize.query(
    'CREATE TABLE IF NOT EXISTS migrations (name VARCHAR(120) CHARACTER SET ascii NOT NULL PRIMARY KEY, run_at BIGINT NOT NULL)',
  );
  const files = readdirSync(folder).filter((name) => /^\d{4}-\d{2}-\d{2}-.+\.ts$/.test(name));
  await refuseUnknown(sequelize, files);
  const umzug = new Umzug<Sequelize>({
    context: sequelize,
    logger: undefined,
    migrations: files.sort().map((name) => ({
      name,
      up: async () => {
        const migration = (await import(`${folder}${name}`)) as Migration; // each file exports up()
        await migration.up(sequelize);
      },
    })),
    storage: {
      logMigration: async ({ name }) => {
        await sequelize.query('INSERT INTO migrations (name, run_at) VALUES (?, ?)', {
          replacements: [name, Date.now()],
        });
      },
      unlogMigration: () => Promise.reject(new Error('migrations only go forward')),
      executed: async () => {
        const rows = await sequelize.query<{ name: string }>('SELECT name FROM migrations', {
          type: QueryTypes.SELECT,
        });
        return rows.map((row) => row.name);
      },
    },
  });
  const done = await umzug.up();
  return done.map(({ name }) => name);
}

/** Refuses a database of another version and leaves it unchanged, because this version cannot read it. */
async function refuseUnknown(sequelize: Sequelize, known: readonly string[]): Promise<void> {
  const rows = await sequelize.query<{ name: string }>('SELECT name FROM migrations ORDER BY name', {
    type: QueryTypes.SELECT,
  });
  const unknown = rows.find(({ name }) => !known.includes(name));
  if (!unknown) return;
  throw new Error(
    `this database was made by another version of CSTIMS (it has the migration ${unknown.name}): start that version, or use a new DATA_DIR or database`,
  );
}
