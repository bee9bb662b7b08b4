import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/* What the system knows about a process that another start may have left. */

/** The pid in a file, or 0. */
export function readPid(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').trim()) || 0;
  } catch {
    return 0;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A zombie has ended, but its parent was killed before it could wait for it. It does not count as alive. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Systems reuse pids. Only a process that was started on this data directory is our server. */
export function runsOn(pid: number, data: string): boolean {
  const argument = `--datadir=${data}`;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
  } catch {
    try {
      return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(argument);
    } catch {
      return false;
    }
  }
}
