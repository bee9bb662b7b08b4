import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { tinyBenches } from './benches.ts';

const root = mkdtempSync(join(tmpdir(), 'cstims-benches-'));
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

test.runIf(process.platform === 'linux')(
  'every bench runs in its tiny form, and only a bench that fails prints its output',
  async () => {
    for (const name of ['good', 'bad', 'setting']) mkdirSync(join(root, 'bench', name), { recursive: true });
    for (const name of ['good', 'bad']) writeFileSync(join(root, 'bench', name, `${name}.ts`), '');
    writeFileSync(
      join(root, 'bench', 'run.ts'),
      `const [name, size] = process.argv.slice(2);
       console.log('figures of', name, size);
       if (name === 'bad') { console.error('lost: not printed'); process.exitCode = 1; }`,
    );
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
    expect(await tinyBenches(root, process.env)).toEqual({ passed: ['good'], failed: ['bad'], skipped: [] });
    const all = printed.join('\n');
    expect(all).toContain('figures of bad --tiny\nlost: not printed');
    expect(all).toMatch(/bench good +\d+\.\d s +passed/);
    expect(all).not.toContain('figures of good');
  },
  30_000,
);
