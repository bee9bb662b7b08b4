import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Player } from './cast.ts';
import type { Dump, DocumentRef, Command, Report, State, Written } from './wire.ts';

const file = fileURLToPath(new URL('./replica-process.ts', import.meta.url));

/** The process of a replica, as the chaos run controls it. */
export type ReplicaChild = {
  player: Player;
  tell: (command: Command) => void;
  state: () => Promise<State>;
  dump: () => Promise<Dump | null>;
  /** Why the process ended by itself, or null. It should never end by itself. */
  crashed: () => string | null;
  stop: () => Promise<void>;
};

type ReplicaOptions = {
  url: string;
  log: string;
  trace: boolean;
  wrote: (written: Written) => void;
  wiped: (device: string, documents: DocumentRef[]) => void;
};

const answerMs = 15_000;

/** Resolves when the person is signed in and the replica is open. */
export async function startReplica(player: Player, options: ReplicaOptions): Promise<ReplicaChild> {
  const output = openSync(options.log, 'a');
  const child: ChildProcess = fork(file, { execArgv: [], stdio: ['ignore', output, output, 'ipc'] });
  closeSync(output);
  const pending = new Map<number, (value: State | Dump | null) => void>();
  let lastAsk = 0;
  let stopping = false;
  let crashed: string | null = null;
  const open = new Promise<void>((done, failed) => {
    child.on('message', (report: Report) => {
      if (report.type === 'open') done();
      else if (report.type === 'wrote') options.wrote(report.written);
      else if (report.type === 'wiped') options.wiped(report.device, report.documents);
      else pending.get(report.ask)?.(report.value);
    });
    child.once('exit', (code, signal) => {
      if (!stopping)
        crashed = `the process of replica ${player.index} ended (${signal ?? code}), see ${options.log}`;
      failed(new Error(crashed ?? 'stopped'));
      for (const answer of pending.values()) answer(null);
    });
  });
  const tell = (command: Command) => {
    if (child.connected) child.send(command);
  };
  const ask = (what: 'state' | 'dump') =>
    new Promise<State | Dump | null>((done) => {
      const number = (lastAsk += 1);
      const timer = setTimeout(() => done(null), answerMs);
      pending.set(number, (value) => {
        clearTimeout(timer);
        pending.delete(number);
        done(value);
      });
      if (child.connected) tell({ do: 'ask', ask: number, what });
      else done(null);
    });
  tell({ do: 'open', player, url: options.url, trace: options.trace });
  await open;
  return {
    player,
    tell,
    state: async () =>
      ((await ask('state')) as State | null) ?? { settled: false, why: crashed ?? 'no answer' },
    dump: async () => (await ask('dump')) as Dump | null, // a dump was requested
    crashed: () => crashed,
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
    },
  };
}
