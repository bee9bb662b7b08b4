import { canonicalEmail } from '#shared/people/email-address.ts';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { DomainError } from '#shared/errors.ts';
import { readConfig } from '../config.ts';
import { openDatabase } from '../database/open-database.ts';
import { seed } from '../demo/seed.ts';
import { findPerson } from '../people/find-person.ts';
import { hashPassword } from '../people/password.ts';
import { checkPassword } from '../people/password-rules.ts';
import { type Server, transact, jobWriter } from '../context.ts';
import { allEmails, people } from '#shared/people/schema.ts';
import { openServer } from '../open-server.ts';

/**
 * `npm run admin:create -- --username u --email e --name "N N"`: creates an admin. It prompts for the password, or reads it
 * from a pipe.
 */
const usage = 'usage: npm run admin:create -- --username NAME --email ADDRESS --name "Display Name"';

try {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { username: text, email: text, name: text } });
  const { username, email, name } = values;
  if (!username || !email || !name) throw new Error(usage);
  const card = { username: username.toLowerCase(), email: canonicalEmail(email), displayName: name };
  for (const field of ['username', 'email', 'displayName'] as const) {
    if (!people.schema.shape[field].safeParse(card[field]).success)
      throw new Error(`${field} is not valid: "${card[field]}"`);
  }
  const password = await askPassword();
  await checkPassword(password, [card.username, card.email]);
  await withServer(async (server) => {
    await createAdmin(server, card, password);
  });
  console.log(`admin ${card.username} created`);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

const weakBecause: Record<string, string> = {
  short: 'it needs at least 8 characters',
  long: 'it may have at most 128 characters',
  common: 'it is one of those tried first',
};

function messageOf(error: unknown): unknown {
  if (error instanceof DomainError && error.code === 'weak-password') {
    return `password is not valid: ${weakBecause[error.detail ?? ''] ?? ''}`;
  }
  return error instanceof Error ? error.message : error;
}

async function askPassword(): Promise<string> {
  const lines = createInterface({
    input: process.stdin,
    output: process.stdin.isTTY ? process.stderr : undefined,
  });
  const typed = await lines.question(process.stdin.isTTY ? 'Password: ' : '');
  lines.close();
  return typed;
}

async function withServer(work: (server: Server) => Promise<void>): Promise<void> {
  const config = { ...readConfig(), demo: false };
  const database = await openDatabase(config);
  const server = openServer(config, database.url, 2);
  try {
    await seed(server);
    await work(server);
  } finally {
    await server.db.close();
    await database.release();
  }
}

async function createAdmin(
  server: Server,
  card: { username: string; email: string; displayName: string },
  password: string,
): Promise<void> {
  for (const field of ['username', 'email'] as const) {
    const taken = await findPerson(server, { [field]: card[field] });
    if (taken) throw new Error(`${field} is taken: "${card[field]}"`);
  }
  const passwordHash = await hashPassword(password);
  const writer = jobWriter(server, 'admin:create');
  await transact(server, writer, async (tx) => {
    const { id } = await tx.create(people, {
      ...card,
      id: server.newId(),
      role: 'admin',
      status: 'verified',
      language: 'en',
      available: true,
      preferences: allEmails,
      identity: null,
      taxTreatment: null,
      taxHold: null,
    });
    const row = { person: id, passwordHash, changedAt: tx.now, epoch: 0 };
    await server.models.credentials.create(row, { transaction: tx.transaction });
  });
}
