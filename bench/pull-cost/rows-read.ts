import { QueryTypes, type Sequelize } from 'sequelize';

/**
 * Counts the rows that the storage engine read of these tables during the work. It uses MariaDB's counters
 * per table, so activity on other tables and schemas is not included.
 */
export async function rowsRead(
  db: Sequelize,
  tables: readonly string[],
  work: () => Promise<unknown>,
): Promise<number> {
  await db.query('SET GLOBAL userstat = ON');
  await db.query('FLUSH TABLE_STATISTICS');
  try {
    await work();
    const rows = await db.query<{ n: string | null }>(
      `SELECT SUM(ROWS_READ) AS n FROM information_schema.TABLE_STATISTICS
       WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (?)`,
      { replacements: [tables], type: QueryTypes.SELECT },
    );
    return Number(rows[0]?.n ?? 0);
  } finally {
    await db.query('SET GLOBAL userstat = OFF');
  }
}
