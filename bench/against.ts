import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { median, type Figure } from './figure.ts';

/*
 * Compares a bench with the same bench of an earlier commit, in turns on the same machine. The commit gets a git worktree
 * with its own packages and its own built app.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const rounds = 3;

type Values = Map<string, { unit: string; values: number[] }>;

/**
 * @param commit any commit of this repository that has the bench
 * @param log prints progress and the table
 * @throws Error if the commit or its packages cannot be had, or if a run prints no figures
 */
export async function compareWith(name: string, commit: string, log: (text: string) => void): Promise<void> {
  const folder = prepare(commit, log);
  const before: Values = new Map();
  const now: Values = new Map();
  for (let round = 1; round <= rounds; round += 1) {
    for (const [place, values, label] of [
      [folder, before, commit],
      [root, now, 'now'],
    ] as const) {
      for (const { name: figure, unit, value } of await runIn(place, name)) {
        const known = values.get(figure) ?? { unit, values: [] };
        known.values.push(value);
        values.set(figure, known);
      }
      log(`round ${round} of ${rounds}: ${label}`);
    }
  }
  const lines = [...now].map(([figure, { unit, values }]) => {
    const then = before.get(figure);
    const value = median(values);
    const old = then ? median(then.values) : Number.NaN;
    const cells = then
      ? `${shown(old)} → ${shown(value)} ${unit}, ${shown(value / old)} x`
      : `${shown(value)} ${unit}`;
    return `${figure}: ${cells}`;
  });
  log(`\n${name}, medians of ${rounds} rounds, ${commit} → now\n${lines.join('\n')}`);
}

const shown = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(3));

/** @returns the folder of the commit, with everything that its benches need */
function prepare(commit: string, log: (text: string) => void): string {
  const folder = `${root}.cache/against/${commit}`;
  const quietly = { stdio: ['ignore', 'ignore', 'inherit'] as const };
  if (!existsSync(folder)) {
    execFileSync('git', ['worktree', 'add', '--detach', folder, commit], {
      cwd: root,
      stdio: [...quietly.stdio],
    });
  }
  if (!existsSync(`${folder}/node_modules`)) {
    log(`installing the packages of ${commit}`);
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: [...quietly.stdio] });
  }
  return folder;
}

async function runIn(folder: string, name: string): Promise<Figure[]> {
  const child = spawn(process.execPath, ['bench/run.ts', name, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((ended) => child.once('close', ended)); // a figure that misses its limit is no failure here
  const line = output.split('\n').findLast((each) => each.startsWith('{'));
  if (!line) throw new Error(`the bench ${name} in ${folder} printed no figures`);
  return (JSON.parse(line) as { figures: Figure[] }).figures;
}
