import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const serverScript = fileURLToPath(new URL('../server/main.ts', import.meta.url));

/** The real server in its own process. */
export type ServerProcess = {
  url: string;
  stop: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
};

const demoEnv = (env: Record<string, string>) => ({
  ...process.env,
  NODE_ENV: 'development',
  LOG_LEVEL: 'warn',
  ...env,
});

/**
 * Starts the server. Resolves once it prints that it is ready.
 *
 * @throws if the server exits before that
 */
export async function startServer(env: Record<string, string>): Promise<ServerProcess> {
  const child = spawn(process.execPath, [serverScript], {
    env: demoEnv(env),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    void exited.then((code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const [, address] = /^ready (http\S+)$/m.exec(printed) ?? [];
      if (address) resolve(address);
    });
  });
  return {
    url,
    async stop(signal) {
      child.kill(signal);
      await exited;
    },
  };
}

/** Runs a file of server/commands with these arguments and returns its output. */
export async function runCommand(
  env: Record<string, string>,
  name: 'run-jobs' | 'new-generation',
  args: string[] = [],
): Promise<string> {
  const script = fileURLToPath(new URL(`../server/commands/${name}.ts`, import.meta.url));
  const job = spawn(process.execPath, [script, ...args], {
    env: demoEnv(env),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  job.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => job.once('close', resolve));
  return output;
}

/** Returns a TCP port of 127.0.0.1 that is free at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
