import { QueryTypes, type Sequelize } from 'sequelize';

/** The number of statements sent to the whole database since its start, including this one. */
export async function statementsOf(db: Sequelize): Promise<number> {
  const rows = await db.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Questions'", {
    type: QueryTypes.SELECT,
  });
  return Number(rows[0]?.Value);
}
