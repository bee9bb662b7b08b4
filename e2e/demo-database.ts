import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import mariadb from 'mariadb';

const main = fileURLToPath(new URL('../server/main.ts', import.meta.url));

/** Starts the server once on an empty database, which it migrates and fills with demo data, and stops it. */
export async function fillDatabase(url: string, dataDir: string): Promise<void> {
  const demo = { NODE_ENV: 'development', DATABASE_URL: url, DATA_DIR: dataDir, PORT: '0' };
  const server = spawn(process.execPath, [main], {
    env: { ...process.env, ...demo },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((done) => server.once('exit', done));
  const ready = new Promise<void>((done) => {
    server.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('ready http') && done());
  });
  const early = await Promise.race([ready.then(() => 'ready' as const), ended]);
  if (early !== 'ready') throw new Error(`the server ended with ${early}`);
  await allDrawn(url);
  server.kill('SIGTERM');
  await ended;
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

/** A new database with all tables of another as they are: columns, keys and rows. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const [source, target] = [from, to].map((url) => new URL(url).pathname.slice(1));
  const connection = await mariadb.createConnection(from);
  await connection.query(`CREATE DATABASE \`${target}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  await connection.query('SET SESSION foreign_key_checks = 0'); // parents may come after their children
  const tables = await connection.query<{ name: string }[]>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
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
