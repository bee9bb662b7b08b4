import { QueryTypes, type Sequelize } from 'sequelize';

/**
 * Rows that the storage engine read of these tables during the work, by MariaDB's own count for each table, so what
 * other tables and schemas do beside it is not in it.
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
