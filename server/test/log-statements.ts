import type { Sequelize } from 'sequelize';

/** Notes every statement that is sent to the database from now on, until `stop` is called. */
export function logStatements(db: Sequelize): { statements: string[]; stop: () => void } {
  const statements: string[] = [];
  const { options } = db as unknown as { options: { logging: ((sql: string) => void) | false } }; // not in the types
  options.logging = (sql) => void statements.push(sql.replace(/^Executing \(.*?\): /, ''));
  return { statements, stop: () => void (options.logging = false) };
}
