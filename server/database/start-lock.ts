import { connect } from './connect.ts';

/**
 * Runs work that only one start may do at a time (migrations, first data). It holds a row lock in the database, which
 * works across processes and machines and is released when a process dies. Other starts wait and find the work done.
 */
export async function oneAtATime<T>(url: string, work: () => Promise<T>): Promise<T> {
  const db = connect(url, 1);
  try {
    await db.query('CREATE TABLE IF NOT EXISTS start_lock (id INT NOT NULL PRIMARY KEY)');
    await db.query('INSERT IGNORE INTO start_lock (id) VALUES (1)');
    return await db.transaction(async (transaction) => {
      await db.query('SET innodb_lock_wait_timeout = 300', { transaction });
      await db.query('SELECT id FROM start_lock WHERE id = 1 FOR UPDATE', { transaction });
      return work();
    });
  } finally {
    await db.close();
  }
}
