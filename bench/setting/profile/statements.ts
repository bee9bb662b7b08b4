import { QueryTypes, type Sequelize } from 'sequelize';

/**
 * Runs the work and counts the statements that reach the database meanwhile, from its general log.
 *
 * @returns the result of the work, and a line for each text, the most frequent first
 */
export async function statementsByText<T>(
  db: Sequelize,
  work: () => Promise<T>,
): Promise<{ result: T; lines: string[] }> {
  await db.query("SET GLOBAL log_output = 'TABLE'");
  await db.query('SET GLOBAL general_log = OFF');
  await db.query('TRUNCATE mysql.general_log');
  await db.query('SET GLOBAL general_log = ON');
  const result = await work().finally(() => db.query('SET GLOBAL general_log = OFF'));
  const rows = await db.query<{ text: string }>(
    "SELECT CONVERT(argument USING utf8mb4) AS text FROM mysql.general_log WHERE command_type = 'Query'",
    { type: QueryTypes.SELECT },
  );
  const counts = new Map<string, number>();
  for (const { text } of rows) {
    const kind = withoutValues(text);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return { result, lines: sorted.map(([text, count]) => `${String(count).padStart(8)}  ${text}`) };
}

/** A statement without its values, so that the same statement with others is recognized. */
export function withoutValues(text: string): string {
  return text
    .replace(/'(?:[^'\\]|\\.|'')*'/g, '?')
    .replace(/\b\d+(?:\.\d+)?\b/g, '?')
    .replace(/\((?:\?,? ?)+\)(?:,\((?:\?,? ?)+\))*/g, '(…)')
    .replace(
      /SELECT (?:`\w+`(?:\.`\w+`)?(?: AS `\w+`)?, )+`\w+`(?:\.`\w+`)?(?: AS `\w+`)? FROM/g,
      'SELECT … FROM',
    )
    .replace(/\s+/g, ' ')
    .slice(0, 160);
}
