import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

type BenchResult = { name: string; passed: boolean; seconds: number; output: string };

/** Two tiny benches fit on two cores: much of their time is waiting, and no speed is judged. */
const atOnce = 2;

/**
 * Runs every bench in its tiny form, so that a broken bench is noticed. Prints the output of a bench that
 * fails.
 *
 * @param env the environment of the bench processes
 * @returns the names of the benches that passed, failed and were skipped
 */
export async function tinyBenches(root: string, env: NodeJS.ProcessEnv) {
  const folder = join(root, 'bench');
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, `${name}.ts`)));
  if (process.platform !== 'linux') {
    console.log('benches are left out: they read CPU time and memory from /proc, which only Linux has');
    return { passed: [], failed: [], skipped: names };
  }
  const queue = [...names];
  const results: BenchResult[] = [];
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const result = await tinyBench(name, { root, env });
      results.push(result);
      const ended = result.passed ? 'passed' : 'failed';
      console.log(`bench ${name.padEnd(12)} ${result.seconds.toFixed(1).padStart(5)} s  ${ended}`);
      if (!result.passed) console.log(result.output);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const named = (passed: boolean) =>
    results.filter((result) => result.passed === passed).map(({ name }) => name);
  return { passed: named(true), failed: named(false), skipped: [] };
}

function tinyBench(
  name: string,
  { root, env }: { root: string; env: NodeJS.ProcessEnv },
): Promise<BenchResult> {
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
