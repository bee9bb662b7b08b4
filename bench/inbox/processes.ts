import type { ChildProcess } from 'node:child_process';

/** Resolves with the address in the line `ready http://…` that a server prints when it listens. */
export function readyAt(child: ChildProcess): Promise<string> {
  return new Promise((ready, failed) => {
    let output = '';
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`the server ended with ${code}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const [, address] = /^ready (http:\S+)/m.exec(output) ?? [];
      if (address) ready(address);
    });
  });
}

/** Asks the process to end and waits until it has. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
}
