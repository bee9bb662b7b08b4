import { QueryTypes, type Sequelize } from 'sequelize';

/** Statements that the whole database was sent since its start, this one included. */
export async function statementsOf(db: Sequelize): Promise<number> {
  const rows = await db.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Questions'", {
    type: QueryTypes.SELECT,
  });
  return Number(rows[0]?.Value);
}
