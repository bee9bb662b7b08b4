import type { Sequelize } from 'sequelize';
import { bigNumbers, createSequelize } from './mariadb-fixes.ts';

/**
 * Opens a pool of connections.
 *
 * @param url mariadb://user:password@host:3306/name, or …/name?socketPath=/path/to/socket
 * @param connections the maximum number of connections
 */
export function connect(url: string, connections = 10): Sequelize {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const socketPath = searchParams.get('socketPath');
  return createSequelize({
    host: hostname,
    port: port ? Number(port) : 3306,
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    logging: false,
    timezone: '+00:00',
    pool: { max: connections, min: 0, idle: 10_000, acquire: 30_000 },
    define: { timestamps: false, underscored: true },
    // foundRows: an update counts the rows it matched, also unchanged ones. Claims rely on that count.
    dialectOptions: {
      ...bigNumbers,
      foundRows: true,
      ...(socketPath ? { socketPath } : {}),
      connectTimeout: 5_000,
      // Writers lock rows and must then read their current values. Set once per connection, not per transaction.
      initSql: 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    },
  });
}

/** Returns the name of the database in a connection URL. */
export function databaseName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

/** Creates the database of the URL if it does not exist. The user needs the right to do so. */
export async function createDatabase(url: string): Promise<void> {
  const name = databaseName(url);
  if (!/^[A-Za-z0-9_]+$/.test(name))
    throw new Error(`DATABASE_URL is not valid: "${name}" is no name of a database`);
  const server = new URL(url);
  server.pathname = '/';
  const sequelize = connect(server.href, 1);
  try {
    await sequelize.query(
      `CREATE DATABASE IF NOT EXISTS \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
    );
  } finally {
    await sequelize.close();
  }
}
