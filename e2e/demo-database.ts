import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mariadb, { type Connection } from 'mariadb';
import { demoStaffAndClients } from '../server/demo/demo-people.ts';
import { tablesOf } from '../server/test/copy-database.ts';
import { startServer } from './server-process.ts';
import type { StoredSession } from './shared-setup.ts';

/**
 * Starts the server once on an empty database, which it migrates and fills with demo data, and stops it. Everybody is
 * signed in once, by the API that the sign-in page uses: what is returned is what their devices keep of it.
 */
export async function fillDatabase(url: string): Promise<Record<string, StoredSession>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cstims-e2e-data-'));
  const server = await startServer({ DATABASE_URL: url, DATA_DIR: dataDir, PORT: '0' });
  const names = demoStaffAndClients.map(({ username }) => username);
  const sessions: Record<string, StoredSession> = {};
  for (const name of names) sessions[name] = await signInOnce(server.url, name);
  await allDrawn(url);
  await server.stop('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
  return sessions;
}

async function signInOnce(url: string, name: string): Promise<StoredSession> {
  const device = crypto.randomUUID();
  const response = await fetch(`${url}/api/trpc/account.signIn`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: name, password: `${name}-demo`, device }),
  });
  const text = await response.text();
  const [, cookie, value] = /^(sid)=([^;]+)/.exec(response.headers.get('set-cookie') ?? '') ?? [];
  if (!cookie || !value) throw new Error(`${name} could not sign in: ${text}`);
  const { result } = JSON.parse(text) as { result: { data: Record<string, unknown> } }; // as tRPC answers
  return {
    cookie: { name: cookie, value },
    kept: { 'cstims.session': JSON.stringify(result.data), 'cstims.device': device },
  };
}

/** Waits until each invoice has its PDF: else every copy's server would draw them again. */
async function allDrawn(url: string): Promise<void> {
  const connection = await mariadb.createConnection(url);
  const sql = 'SELECT COUNT(*) AS n FROM invoices WHERE number IS NOT NULL AND pdf_hash IS NULL';
  for (let left = 1; left > 0; await new Promise((soon) => setTimeout(soon, 200))) {
    const [row] = await connection.query<{ n: bigint }[]>(sql);
    left = Number(row?.n);
  }
  await connection.end();
}

/**
 * Gives a database that a running server uses the rows of another again, all at once. The counters that the server
 * watches go on from where they are, so that it hears of what comes next.
 */
export async function resetDatabase(from: string, to: string): Promise<void> {
  const source = new URL(from).pathname.slice(1);
  const connection = await mariadb.createConnection(to);
  await settled(connection);
  await connection.query('SET SESSION foreign_key_checks = 0');
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  const tables = await tablesOf(connection);
  await connection.beginTransaction();
  const watched = await connection.query<{ name: string; value: bigint }[]>(
    "SELECT name, value FROM counters WHERE name IN ('sync', 'access') FOR UPDATE",
  );
  for (const { name } of tables) {
    await connection.query(`DELETE FROM \`${name}\``);
    await connection.query(`INSERT INTO \`${name}\` SELECT * FROM \`${source}\`.\`${name}\``);
  }
  for (const { name, value } of watched) {
    const sql =
      'INSERT INTO counters (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)';
    await connection.query(sql, [name, value + 1n]);
  }
  await connection.commit();
  await connection.end();
}

/** No e-mail is to be on its way, and no answer be written: they would be in the next test. */
async function settled(connection: Connection): Promise<void> {
  await connection.query("UPDATE outbox SET state = 'cancelled' WHERE state = 'waiting'");
  const sql = `SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'sending') + (
    SELECT COUNT(*) FROM information_schema.innodb_trx t
    JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
    WHERE p.db = DATABASE() AND p.id <> CONNECTION_ID()) AS n`;
  for (const end = Date.now() + 10_000; Date.now() < end; await new Promise((soon) => setTimeout(soon, 20))) {
    const [row] = await connection.query<{ n: bigint }[]>(sql);
    if (Number(row?.n) === 0) return;
  }
  throw new Error('the server of the last test still writes, or sends an e-mail');
}
