import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Step } from '../../server/steps.ts';

/** Parallel runs on one database. Each may be killed. */
export type Runs = {
  kills: number;
  /** The steps at which a run was killed. */
  killedAt: Set<Step>;
  start: (options: {
    clock: number;
    /** Whether the run first applies the changes that orders had scheduled up to its day. */
    appliesScheduled: boolean;
    stopAt: Step | null;
    /** Called when the run has stopped at its step, before it is killed. */
    onStopped?: () => void;
    endAfterMs: number | null;
  }) => void;
  /** Resolves when all runs have ended. A run that hangs is killed. */
  settled: () => Promise<void>;
};

const file = fileURLToPath(new URL('./runner.ts', import.meta.url));
const timeoutMs = 60_000;

export function createRuns(env: Record<string, string>, log: string): Runs {
  const running = new Map<ChildProcess, Promise<void>>();
  const runs: Runs = {
    kills: 0,
    killedAt: new Set(),
    start({ clock, appliesScheduled, stopAt, onStopped, endAfterMs }) {
      const output = openSync(log, 'a');
      const settings = { CLOCK: String(clock), APPLIES_SCHEDULED: appliesScheduled ? 'yes' : 'no' };
      const child = fork(file, {
        env: { ...process.env, ...env, ...settings, STOP_AT: stopAt ?? '' },
        stdio: ['ignore', output, output, 'ipc'],
      });
      closeSync(output);
      const kill = () => {
        if (child.kill('SIGKILL')) runs.kills += 1;
      };
      const timer = setTimeout(kill, endAfterMs ?? timeoutMs);
      child.on('message', (message: { stoppedAt?: Step }) => {
        if (!message.stoppedAt) return;
        runs.killedAt.add(message.stoppedAt);
        onStopped?.();
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
