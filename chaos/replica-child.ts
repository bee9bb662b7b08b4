import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Player } from './cast.ts';
import type { Dump, Named, Order, Report, State, Written } from './wire.ts';

const file = fileURLToPath(new URL('./replica-process.ts', import.meta.url));

/** A replica's process as the run sees it. */
export type ReplicaChild = {
  player: Player;
  tell: (order: Order) => void;
  state: () => Promise<State>;
  dump: () => Promise<Dump | null>;
  /** Why the process ended by itself, which it never should. */
  crashed: () => string | null;
  stop: () => Promise<void>;
};

type Wanted = {
  url: string;
  log: string;
  trace: boolean;
  wrote: (written: Written) => void;
  wiped: (device: string, documents: Named[]) => void;
};

const answerMs = 15_000;

/** Resolves when the person is signed in and the replica open. */
export async function startReplica(player: Player, wanted: Wanted): Promise<ReplicaChild> {
  const output = openSync(wanted.log, 'a');
  const child: ChildProcess = fork(file, { execArgv: [], stdio: ['ignore', output, output, 'ipc'] });
  closeSync(output);
  const asked = new Map<number, (value: State | Dump | null) => void>();
  let asks = 0;
  let stopping = false;
  let crashed: string | null = null;
  const open = new Promise<void>((done, failed) => {
    child.on('message', (report: Report) => {
      if (report.said === 'open') done();
      else if (report.said === 'wrote') wanted.wrote(report.written);
      else if (report.said === 'wiped') wanted.wiped(report.device, report.documents);
      else asked.get(report.ask)?.(report.value);
    });
    child.once('exit', (code, signal) => {
      if (!stopping)
        crashed = `the process of replica ${player.index} ended (${signal ?? code}), see ${wanted.log}`;
      failed(new Error(crashed ?? 'stopped'));
      for (const answer of asked.values()) answer(null);
    });
  });
  const tell = (order: Order) => {
    if (child.connected) child.send(order);
  };
  const ask = (what: 'state' | 'dump') =>
    new Promise<State | Dump | null>((done) => {
      const number = (asks += 1);
      const timer = setTimeout(() => done(null), answerMs);
      asked.set(number, (value) => {
        clearTimeout(timer);
        asked.delete(number);
        done(value);
      });
      if (child.connected) tell({ do: 'ask', ask: number, what });
      else done(null);
    });
  tell({ do: 'open', player, url: wanted.url, trace: wanted.trace });
  await open;
  return {
    player,
    tell,
    state: async () =>
      ((await ask('state')) as State | null) ?? { settled: false, why: crashed ?? 'no answer' },
    dump: async () => (await ask('dump')) as Dump | null, // what was asked for
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
