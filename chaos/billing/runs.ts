import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Step } from '../../server/jobs/steps.ts';

/** Runs beside each other on one database, each killed or let go. */
export type Runs = {
  kills: number;
  /** At which steps a run was killed. */
  stood: Set<Step>;
  start: (wanted: {
    clock: number;
    /** Whether it writes first what orders were to do by its day. */
    carriesOut: boolean;
    stopAt: Step | null;
    /** What happens while it stands there, before it is killed. */
    meanwhile?: () => void;
    endAfterMs: number | null;
  }) => void;
  /** Until all have ended; one that hangs is killed. */
  settled: () => Promise<void>;
};

const file = fileURLToPath(new URL('./runner.ts', import.meta.url));
const mostMs = 60_000;

export function createRuns(env: Record<string, string>, log: string): Runs {
  const running = new Map<ChildProcess, Promise<void>>();
  const runs: Runs = {
    kills: 0,
    stood: new Set(),
    start({ clock, carriesOut, stopAt, meanwhile, endAfterMs }) {
      const output = openSync(log, 'a');
      const wanted = { CLOCK: String(clock), CARRIES_OUT: carriesOut ? 'yes' : 'no' };
      const child = fork(file, {
        env: { ...process.env, ...env, ...wanted, STOP_AT: stopAt ?? '' },
        stdio: ['ignore', output, output, 'ipc'],
      });
      closeSync(output);
      const kill = () => {
        if (child.kill('SIGKILL')) runs.kills += 1;
      };
      const timer = setTimeout(kill, endAfterMs ?? mostMs);
      child.on('message', (message: { stoppedAt?: Step }) => {
        if (!message.stoppedAt) return;
        runs.stood.add(message.stoppedAt);
        meanwhile?.();
        kill();
      });
      const ended = new Promise<void>((done) =>
        child.once('exit', () => {
          clearTimeout(timer);
          running.delete(child);
          done();
        }),
      );
      running.set(child, ended);
    },
    async settled() {
      await Promise.all(running.values());
    },
  };
  return runs;
}
