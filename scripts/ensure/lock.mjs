import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { log } from './common.mjs';

/** The interval at which a waiting process checks the lock. */
const pollMs = 200;
/** A lock is created first and written afterwards. If it stays empty for this long, its process died in between. */
const staleMs = 10_000;
/** The pids that this process has already logged as waiting for. */
const announced = new Set();

/**
 * Does the work while holding the lock. Waits for another process that holds it, and logs that once if the
 * wait is not very short. Takes over the lock of processes that are dead.
 *
 * @param file the lock: it exists while a process works, and names the processes
 * @param work is called with a function that adds a process it has started, because that process may continue
 * if this one is killed
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let attempts = 0; !acquire(file); attempts += 1) {
    const holder = read(file);
    if (holder === null) continue; // the lock was released meanwhile
    if (isDead(holder)) {
      removeDead(file, holder.text);
      continue;
    }
    const pid = holder.pids[0];
    if (pid && attempts > 0 && !announced.has(pid)) {
      log(`waiting for process ${pid}, which installs or builds here (${file})`);
      announced.add(pid);
    }
    await new Promise((done) => setTimeout(done, pollMs));
  }
  const processes = [process.pid];
  const release = () => rmSync(file, { force: true });
  process.on('exit', release); // the work may exit the process
  write(file, processes);
  try {
    return await work((pid) => write(file, [...processes, pid]));
  } finally {
    process.off('exit', release);
    release();
  }
}

function acquire(file) {
  try {
    closeSync(openSync(file, 'wx'));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function write(file, pids) {
  writeFileSync(file, JSON.stringify(pids.map((pid) => ({ pid, started: startOf(pid) }))));
}

/** The content and age of the lock, or null if there is no lock. */
function read(file) {
  try {
    const text = readFileSync(file, 'utf8');
    const age = Date.now() - statSync(file).mtimeMs;
    const processes = parse(text);
    return { text, age, processes, pids: processes.map(({ pid }) => pid) };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return []; // the file is being written
  }
}

function isDead({ processes, age }) {
  if (processes.length === 0) return age > staleMs;
  return !processes.some(isAlive);
}

/**
 * Tells whether a process of the lock is alive. The pid may belong to another process by now, so the start
 * time must also match where the system reports it.
 */
function isAlive({ pid, started }) {
  if (pid === process.pid) return false; // the pid was reused: this process holds no lock yet
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return started === null || (started !== '' && started === startOf(pid));
}

/**
 * When a process started, in ticks since the machine booted. Null if the system does not report it, '' for a
 * dead process.
 */
function startOf(pid) {
  if (process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces. State is field 3, the start is field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? '' : fields[19];
  } catch {
    return '';
  }
}

/**
 * Removes a dead lock. Two processes that both saw it dead must not remove it one after the other: the second
 * would remove the lock that the first has created meanwhile. So each removes it under a guard, and only
 * while its content is unchanged.
 */
function removeDead(file, text) {
  const guard = `${file}.taking-over`;
  try {
    mkdirSync(guard);
  } catch {
    removeStaleGuard(guard);
    return;
  }
  try {
    const now = read(file);
    if (now !== null && now.text === text) rmSync(file, { force: true });
  } finally {
    rmdirSync(guard);
  }
}

/**
 * Removes a guard that stayed. A guard is held for less than a millisecond, so its process was killed at that
 * moment.
 */
function removeStaleGuard(guard) {
  try {
    if (Date.now() - statSync(guard).mtimeMs > staleMs) rmdirSync(guard);
  } catch {
    // the guard is gone
  }
}
