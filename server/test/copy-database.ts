import mariadb, { type Connection } from 'mariadb';

const nameOf = (url: string) => new URL(url).pathname.slice(1);

export function tablesOf(connection: Connection): Promise<{ name: string }[]> {
  return connection.query<{ name: string }[]>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
}

/** Creates a database with a copy of all tables of another: columns, keys and rows. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const [source, target] = [nameOf(from), nameOf(to)];
  const connection = await mariadb.createConnection(from);
  await connection.query(`CREATE DATABASE \`${target}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  await connection.query('SET SESSION foreign_key_checks = 0'); // a parent table may be created after its children
  const tables = await tablesOf(connection);
  const statements: string[] = [];
  for (const { name } of tables) {
    const [row] = await connection.query<Record<string, string>[]>(`SHOW CREATE TABLE \`${name}\``);
    statements.push(row?.['Create Table'] ?? '');
  }
  await connection.query(`USE \`${target}\``);
  for (const sql of statements) await connection.query(sql);
  for (const { name } of tables) {
    await connection.query(`INSERT INTO \`${name}\` SELECT * FROM \`${source}\`.\`${name}\``);
  }
  await connection.end();
}
