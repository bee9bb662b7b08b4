import { createPool } from 'mariadb';
import { timed } from '../figure.ts';
import { atEnd } from '../setting/ending.ts';
import { openSchema, type Mariadb } from '../setting/private-mariadb.ts';

/** The number of connections in the server's pool. */
const connections = 10;

/**
 * The minimal cost of a write that a counter orders: insert a row, increment the counter and commit, with the
 * bare driver and as many parallel writers as there are replicas.
 *
 * @returns a function that runs it once and returns the transactions per second, and the CPU time of this process for one
 */
export async function openYardstick(
  mariadb: Mariadb,
): Promise<(writers: number, each: number) => Promise<{ perSecond: number; cpuMs: number }>> {
  const url = mariadb.url('yardstick');
  const db = await openSchema(url, 1);
  await db.query('CREATE TABLE rows_written (id BIGINT AUTO_INCREMENT PRIMARY KEY, seq BIGINT, body TEXT)');
  await db.query('CREATE TABLE counter (name VARCHAR(8) PRIMARY KEY, value BIGINT NOT NULL)');
  await db.query("INSERT INTO counter VALUES ('sync', 0)");
  const { searchParams, username } = new URL(url);
  const pool = createPool({
    socketPath: searchParams.get('socketPath') ?? '',
    user: username,
    database: 'yardstick',
    connectionLimit: connections,
    acquireTimeout: 60_000,
  });
  atEnd(() => pool.end());

  const write = async () => {
    const connection = await pool.getConnection();
    try {
      await connection.beginTransaction();
      await connection.query('INSERT INTO rows_written (seq, body) VALUES (0, ?)', ['x'.repeat(200)]);
      await connection.query("UPDATE counter SET value = value + 1 WHERE name = 'sync'");
      await connection.commit();
    } finally {
      await connection.release();
    }
  };
  return async (writers, each) => {
    const writer = async () => {
      for (let i = 0; i < each; i += 1) await write();
    };
    const before = process.cpuUsage();
    const ms = await timed(() => Promise.all(Array.from({ length: writers }, writer)));
    const { user, system } = process.cpuUsage(before);
    const count = writers * each;
    return { perSecond: (count * 1_000) / ms, cpuMs: (user + system) / 1_000 / count };
  };
}
