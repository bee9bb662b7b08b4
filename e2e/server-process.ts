import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../server/main.ts', import.meta.url));
const byHand = fileURLToPath(new URL('../server/invoices/run-command.ts', import.meta.url));

/** The real server in a process of its own. */
export type ServerProcess = {
  url: string;
  stop: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
};

const withDemo = (env: Record<string, string>) => ({
  ...process.env,
  NODE_ENV: 'development',
  LOG_LEVEL: 'warn',
  ...env,
});

/** Starts the server; resolves once it says that it is ready. */
export async function startServer(env: Record<string, string>): Promise<ServerProcess> {
  const child = spawn(process.execPath, [main], { env: withDemo(env), stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  let printed = '';
  const url = await new Promise<string>((ready, failed) => {
    void ended.then((code) => failed(new Error(`the server ended with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const [, address] = /^ready (http\S+)$/m.exec(printed) ?? [];
      if (address) ready(address);
    });
  });
  return {
    url,
    async stop(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

/** Runs `npm run jobs` with these words; returns what it printed. */
export async function runJobs(env: Record<string, string>, words: string[]): Promise<string> {
  const job = spawn(process.execPath, [byHand, ...words], {
    env: withDemo(env),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  job.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((done) => job.once('close', done));
  return output;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
