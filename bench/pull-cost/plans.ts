import { QueryTypes, type Sequelize } from 'sequelize';

/** One row of MariaDB's EXPLAIN. */
export type Step = { table: string; type: string; key: string | null; rows: string; Extra: string };
export type Plan = { sql: string; steps: Step[] };

/**
 * Returns the statements that the server sent to read these tables during the work, each with its plan.
 * They are taken from the database's general log, which is on only during the work. The log does not
 * distinguish schemas, so nothing else may read these tables meanwhile.
 */
export async function plansOf(
  db: Sequelize,
  tables: readonly string[],
  work: () => Promise<unknown>,
): Promise<Plan[]> {
  await db.query("SET GLOBAL log_output = 'TABLE'");
  await db.query('TRUNCATE mysql.general_log');
  await db.query('SET GLOBAL general_log = ON');
  try {
    await work();
  } finally {
    await db.query('SET GLOBAL general_log = OFF');
  }
  const logged = await db.query<{ sql: string }>(
    `SELECT DISTINCT CONVERT(argument USING utf8mb4) AS \`sql\` FROM mysql.general_log
     WHERE command_type IN ('Query', 'Execute') AND argument LIKE 'SELECT%'`,
    { type: QueryTypes.SELECT },
  );
  const statements = logged.map(({ sql }) => sql).filter((sql) => tables.some((table) => reads(sql, table)));
  const plans: Plan[] = [];
  for (const sql of statements) {
    plans.push({ sql, steps: await db.query<Step>(`EXPLAIN ${sql}`, { type: QueryTypes.SELECT }) });
  }
  return plans;
}

function reads(sql: string, table: string): boolean {
  return new RegExp(`FROM \`?${table}\`?\\b`).test(sql);
}

/** True if every step reads its rows by an index that contains seq, in the order of that index. */
export function isWellPlanned({ steps }: Plan): boolean {
  return steps.every(
    ({ key, Extra }) =>
      key !== null && /^(scope_\w+|seq|of_audience)$/.test(key) && !/filesort|temporary/.test(Extra),
  );
}

export function planText({ sql, steps }: Plan): string {
  const [, tail = sql] = /(FROM .*)$/s.exec(sql) ?? [];
  const lines = steps.map(
    ({ table, type, key, rows, Extra }) =>
      `    ${table}: ${type} by ${key ?? 'no index'}, ${rows} rows, ${Extra}`,
  );
  return [`  ${tail}`, ...lines].join('\n');
}
