import type { SyncServer } from '../server/context.ts';

/** The tables of the toy server. */
const tables = ['counters', 'generations', 'removals', 'audit', 'shelves', 'books'];

/** Copies the database as it is. @returns a function that puts the copy back */
export async function backUp({ db }: SyncServer): Promise<() => Promise<void>> {
  for (const table of tables) {
    await db.query(`DROP TABLE IF EXISTS backup_${table}`);
    await db.query(`CREATE TABLE backup_${table} AS SELECT * FROM ${table}`);
  }
  return async () => {
    for (const table of tables.toReversed()) await db.query(`DELETE FROM ${table}`);
    for (const table of tables) await db.query(`INSERT INTO ${table} SELECT * FROM backup_${table}`);
  };
}
