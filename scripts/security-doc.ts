import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defences } from './defences.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const chapters: Record<string, string> = {
  1: 'Encoding and sanitization',
  2: 'Validation and business logic',
  3: 'Web frontend',
  4: 'API and web service',
  5: 'Files',
  6: 'Authentication',
  7: 'Sessions',
  8: 'Authorization',
  11: 'Cryptography',
  13: 'Configuration',
  14: 'Data protection',
  15: 'Secure coding',
  16: 'Logging and errors',
};

export type SecurityTest = { asvs: string; title: string; file: string };

/** Finds every test whose title begins with an ASVS number. */
export function securityTests(): SecurityTest[] {
  const files = globSync(['{server,shared,pwa,sync}/**/*.test.ts', 'e2e/*.spec.ts'], {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  });
  return files.sort().flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(/'ASVS (\d+\.\d+\.\d+) ([^'\n]*)'/g)].map(([, asvs = '', title = '']) => ({
      asvs,
      title,
      file,
    }));
  });
}

const byNumber = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });

/** The tables of docs/security.md: one row per ASVS number, with its test and the line of its defence. */
export function securityTable(): string {
  const tests = securityTests();
  const numbers = [...new Set(tests.map(({ asvs }) => asvs))].sort(byNumber);
  const rows = numbers.map((asvs) => {
    const own = tests.filter((test) => test.asvs === asvs);
    const places = [...new Set(own.map(({ file }) => file))].map((file) => `\`${file}\``).join(', ');
    const defence = defences.find(([number]) => number === asvs);
    return `| ${asvs} | ${own[0]?.title.replaceAll('|', '\\|') ?? ''} | ${places} | ${defence ? lineOf(defence[2], defence[3]) : 'see the test'} |`;
  });
  const grouped = Map.groupBy(rows, (row) => /^\| (\d+)/.exec(row)?.[1] ?? '');
  return [...grouped]
    .map(
      ([chapter, lines]) =>
        `### V${chapter} ${chapters[chapter] ?? ''}\n\n| ASVS | what the test says | test | defence |\n|---|---|---|---|\n${lines.join('\n')}\n`,
    )
    .join('\n');
}

/**
 * The place of a text in a file, as file:line.
 *
 * @throws Error if the file no longer contains the text
 */
export function lineOf(file: string, text: string): string {
  const source = readFileSync(join(root, file), 'utf8');
  const at = source.indexOf(text);
  if (at < 0) throw new Error(`${file} has no ${JSON.stringify(text)} any more: see scripts/defences.json`);
  return `\`${file}:${source.slice(0, at).split('\n').length}\``;
}
