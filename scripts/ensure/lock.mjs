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
import { say } from './common.mjs';

/** How often a process that waits looks again. */
const lookMs = 200;
/** A lock is made and then written to; one that says nothing for so long was left by a process that died between. */
const silentMs = 10_000;
/** Those this process has said that it waits for. */
const told = new Set();

/**
 * Does the work while no other process does work under the same lock: waits for that one, and says so once unless it
 * is but a moment. The lock of processes that are dead is taken over.
 *
 * @param file the lock: it exists while somebody works, and names the processes
 * @param work is given a function that adds a process it started: should this one be killed, that one may go on
 */
export async function alone(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let looks = 0; !take(file); looks += 1) {
    const holder = read(file);
    if (holder === null) continue; // it was released meanwhile
    if (isOver(holder)) {
      takeAway(file, holder.text);
      continue;
    }
    const pid = holder.pids[0];
    if (pid && looks > 0 && !told.has(pid)) {
      say(`waiting for process ${pid}, which installs or builds here (${file})`);
      told.add(pid);
    }
    await new Promise((done) => setTimeout(done, lookMs));
  }
  const processes = [process.pid];
  const release = () => rmSync(file, { force: true });
  process.on('exit', release); // work may end the process
  write(file, processes);
  try {
    return await work((pid) => write(file, [...processes, pid]));
  } finally {
    process.off('exit', release);
    release();
  }
}

function take(file) {
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

/** What the lock says, or null where there is none. */
function read(file) {
  try {
    const text = readFileSync(file, 'utf8');
    const age = Date.now() - statSync(file).mtimeMs;
    const processes = parsed(text);
    return { text, age, processes, pids: processes.map(({ pid }) => pid) };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return []; // it is being written
  }
}

function isOver({ processes, age }) {
  if (processes.length === 0) return age > silentMs;
  return !processes.some(isAlive);
}

/** A number may belong to another process by now: where the system tells when it started, that has to fit. */
function isAlive({ pid, started }) {
  if (pid === process.pid) return false; // from an earlier life of the number: this process holds nothing yet
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return started === null || (started !== '' && started === startOf(pid));
}

/** When a process started, in ticks since the machine did; null where the system doesn't say, '' for a dead one. */
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
 * Removes a dead lock. Two that saw it dead must not remove it one after the other: the second would take away the
 * lock that the first made meanwhile. So each does it under a guard, and only while the lock still says the same.
 */
function takeAway(file, text) {
  const guard = `${file}.taking-over`;
  try {
    mkdirSync(guard);
  } catch {
    removeOld(guard);
    return;
  }
  try {
    const now = read(file);
    if (now !== null && now.text === text) rmSync(file, { force: true });
  } finally {
    rmdirSync(guard);
  }
}

/** A guard is held for less than a millisecond: one that stays was left by a process that was killed just then. */
function removeOld(guard) {
  try {
    if (Date.now() - statSync(guard).mtimeMs > silentMs) rmdirSync(guard);
  } catch {
    // it is gone
  }
}
