import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hashesFile, hashesIn, migrationFaults, migrationsFolder, type Hashes } from './migration-hashes.ts';

const kept = JSON.parse(readFileSync(hashesFile, 'utf8')) as Hashes; // written by migration-hashes.ts

test('every migration is as it was when it landed', () => {
  expect(Object.keys(kept).length).toBeGreaterThan(0);
  expect(migrationFaults(hashesIn(migrationsFolder), kept)).toEqual([]);
});

test('a changed, a removed and a new migration are found', () => {
  const [first = '', second = ''] = Object.keys(kept);
  const { [second]: removed, ...others } = kept;
  expect(removed).toBeDefined();
  expect(migrationFaults({ ...others, [first]: '0', 'new.ts': '1' }, kept)).toEqual([
    `${first} has changed: write a new migration instead`,
    `${second} is gone: databases have run it`,
    'new.ts has no hash: run node scripts/migration-hashes.ts',
  ]);
});
