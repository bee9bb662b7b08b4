import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

type Told = { name: string; passed: boolean; seconds: number; output: string };

/** Two have room beside each other on two cores: much of a tiny bench is waiting, and no speed is judged. */
const atOnce = 2;

/**
 * Runs every bench in its tiny form, so that none breaks unseen. One that fails prints its output.
 *
 * @param env what their processes get
 * @returns the names of those that passed, failed and were left out
 */
export async function tinyBenches(root: string, env: NodeJS.ProcessEnv) {
  const folder = join(root, 'bench');
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, `${name}.ts`)));
  if (process.platform !== 'linux') {
    console.log('benches are left out: they read CPU time and memory from /proc, which only Linux has');
    return { passed: [], failed: [], skipped: names };
  }
  const waiting = [...names];
  const told: Told[] = [];
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const one = await tinyBench(name, { root, env });
      told.push(one);
      const ended = one.passed ? 'passed' : 'failed';
      console.log(`bench ${name.padEnd(12)} ${one.seconds.toFixed(1).padStart(5)} s  ${ended}`);
      if (!one.passed) console.log(one.output);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const named = (passed: boolean) => told.filter((one) => one.passed === passed).map(({ name }) => name);
  return { passed: named(true), failed: named(false), skipped: [] };
}

function tinyBench(name: string, { root, env }: { root: string; env: NodeJS.ProcessEnv }): Promise<Told> {
  const start = performance.now();
  return new Promise((done) => {
    const child = spawn(process.execPath, ['bench/run.ts', name, '--tiny'], { cwd: root, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    const end = (passed: boolean) =>
      done({ name, passed, output, seconds: (performance.now() - start) / 1_000 });
    child.once('error', (error) => {
      output += error.message;
      end(false);
    });
    child.once('close', (code) => end(code === 0));
  });
}
