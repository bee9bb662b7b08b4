import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/* A migration never changes after it has landed: databases have run it already. Its hash is kept in hashes.json. */

export type Hashes = Readonly<Record<string, string>>;

export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));
export const hashesFile = join(migrationsFolder, 'hashes.json');

/** SHA-256, hex, of each migration of a folder, by file name. */
export function hashesIn(folder: string): Hashes {
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  return Object.fromEntries(
    names.toSorted().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

/** What is wrong, one sentence each: a migration that changed, is missing, or has no hash yet. */
export function migrationFaults(found: Hashes, kept: Hashes): string[] {
  const changed = Object.entries(kept).flatMap(([name, hash]) => {
    if (found[name] === undefined) return [`${name} is gone: databases have run it`];
    return found[name] === hash ? [] : [`${name} has changed: write a new migration instead`];
  });
  const unknown = Object.keys(found).filter((name) => kept[name] === undefined);
  return [...changed, ...unknown.map((name) => `${name} has no hash: run node scripts/migration-hashes.ts`)];
}

// `node scripts/migration-hashes.ts` adds the hashes of new migrations. It never replaces one.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kept = JSON.parse(readFileSync(hashesFile, 'utf8')) as Hashes; // written below
  const all = { ...hashesIn(migrationsFolder), ...kept };
  writeFileSync(hashesFile, `${JSON.stringify(all, null, 2)}\n`);
}
