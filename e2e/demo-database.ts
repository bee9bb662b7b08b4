import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mariadb, { type Connection } from 'mariadb';
import { demoStaffAndClients } from '../server/demo/demo-people.ts';
import { tablesOf } from '../server/test/copy-database.ts';
import { startServer } from './server-process.ts';
import type { StoredSession } from './shared-setup.ts';

/**
 * Starts the server once on an empty database, which it migrates and fills with demo data, and stops it again. Signs
 * in each demo person by the API of the sign-in page.
 *
 * @returns the session of each person by username, as their browser stores it
 */
export async function fillDatabase(url: string): Promise<Record<string, StoredSession>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cstims-e2e-data-'));
  const server = await startServer({ DATABASE_URL: url, DATA_DIR: dataDir, PORT: '0' });
  const names = demoStaffAndClients.map(({ username }) => username);
  const sessions: Record<string, StoredSession> = {};
  for (const name of names) sessions[name] = await signIn(server.url, name);
  await waitForInvoicePdfs(url);
  await letAllReadEnglish(url);
  await server.stop('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
  return sessions;
}

async function signIn(url: string, name: string): Promise<StoredSession> {
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
    localStorage: { 'cstims.session': JSON.stringify(result.data), 'cstims.device': device },
  };
}

/** The app speaks the language of the account. Tests read English, but for those about languages. */
async function letAllReadEnglish(url: string): Promise<void> {
  const connection = await mariadb.createConnection(url);
  await connection.query("UPDATE people SET language = 'en'");
  await connection.end();
}

/** Waits until each invoice has its PDF. Otherwise the server of every copy would render them again. */
async function waitForInvoicePdfs(url: string): Promise<void> {
  const connection = await mariadb.createConnection(url);
  const sql = 'SELECT COUNT(*) AS n FROM invoices WHERE number IS NOT NULL AND pdf_hash IS NULL';
  for (let left = 1; left > 0; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const [row] = await connection.query<{ n: bigint }[]>(sql);
    left = Number(row?.n);
  }
  await connection.end();
}

/**
 * Replaces all rows of the database `to`, which a running server uses, with those of `from`, in one transaction. The
 * counters that the server watches only increase, so that it notices later changes.
 *
 * @throws if the server still writes or sends an e-mail after 10 seconds
 */
export async function resetDatabase(from: string, to: string): Promise<void> {
  const source = new URL(from).pathname.slice(1);
  const connection = await mariadb.createConnection(to);
  await waitUntilIdle(connection);
  await connection.query('SET SESSION foreign_key_checks = 0');
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  const tables = await tablesOf(connection);
  await connection.beginTransaction();
  const counters = await connection.query<{ name: string; value: bigint }[]>(
    "SELECT name, value FROM counters WHERE name IN ('sync', 'access') FOR UPDATE",
  );
  for (const { name } of tables) {
    await connection.query(`DELETE FROM \`${name}\``);
    await connection.query(`INSERT INTO \`${name}\` SELECT * FROM \`${source}\`.\`${name}\``);
  }
  for (const { name, value } of counters) {
    const sql =
      'INSERT INTO counters (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)';
    await connection.query(sql, [name, value + 1n]);
  }
  await connection.commit();
  await connection.end();
}

/** Waits until no e-mail is being sent and no transaction is open: their results would leak into the next test. */
async function waitUntilIdle(connection: Connection): Promise<void> {
  await connection.query("UPDATE outbox SET state = 'cancelled' WHERE state = 'scheduled'");
  const sql = `SELECT CONCAT('e-mail ', kind) AS what FROM outbox WHERE state = 'sending'
    UNION ALL SELECT CONCAT('transaction since ', t.trx_started, ': ', COALESCE(t.trx_query, p.command))
    FROM information_schema.innodb_trx t
    JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
    WHERE p.db = DATABASE() AND p.id <> CONNECTION_ID()`;
  let open: { what: string }[] = [];
  for (
    const end = Date.now() + 10_000;
    Date.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 20))
  ) {
    open = await connection.query(sql);
    if (open.length === 0) return;
  }
  const what = open.map((each) => each.what).join('; ');
  throw new Error(`the server of the last test still writes or sends an e-mail: ${what}`);
}
