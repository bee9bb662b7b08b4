import { Op, type Transaction } from 'sequelize';
import type { Server } from '../context.ts';
import type { ServerRow } from '../models/models.ts';
import { findRow, findRows } from '../models/rows.ts';

/** The history of job runs, for the people who supervise them. A requested run starts at the scheduler's next tick. */

export type Progress = { done: number; total: number };
export type RunState = 'asked' | 'running' | 'done' | 'failed' | 'killed';

const keptRuns = 200;
/** A run that has reported no progress for so long was killed. */
const silentMs = 120_000;

/** Requests a run of a job. @returns false if one is already requested, which is enough */
export async function addAskedRun(
  { models, newId }: Server,
  { job, askedBy, transaction }: { job: string; askedBy: string; transaction: Transaction },
): Promise<boolean> {
  if (await findRow(models.runs, { where: { job, startedAt: 0 }, transaction })) return false;
  const progress = JSON.stringify({ done: 0, total: 0 });
  await models.runs.create(
    { id: newId(), job, startedAt: 0, endedAt: null, askedBy, progress, result: null, error: null },
    { transaction },
  );
  return true;
}

/** True if a run of the job is requested and has not started. */
export async function isAsked(server: Server, job: string): Promise<boolean> {
  return (await server.models.runs.count({ where: { job, startedAt: 0 } })) > 0;
}

/**
 * Runs a job and records its progress and its result or error.
 *
 * @returns the result of `work`
 * @throws the error of `work`
 */
export async function keepRun<T extends Record<string, number>>(
  server: Server,
  job: string,
  work: (progress: (at: Progress) => Promise<void>) => Promise<T>,
): Promise<T> {
  const { runs } = server.models;
  const id = await beginRun(server, job);
  let reportedAt = 0;
  const progress = async (at: Progress) => {
    if (server.now() - reportedAt < 1_000) return;
    reportedAt = server.now();
    await runs.update({ progress: JSON.stringify({ ...at, at: reportedAt }) }, { where: { id } });
  };
  try {
    const result = await work(progress);
    await runs.update({ endedAt: server.now(), result: JSON.stringify(result) }, { where: { id } });
    return result;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await runs.update({ endedAt: server.now(), error: message.slice(0, 500) }, { where: { id } });
    throw error;
  }
}

/** Claims the row of a requested run, or creates one. @returns its id */
async function beginRun(server: Server, job: string): Promise<string> {
  const { runs } = server.models;
  const startedAt = server.now();
  const progress = JSON.stringify({ done: 0, total: 0, at: startedAt });
  const asked = await findRow(runs, { where: { job, startedAt: 0 } });
  if (asked) {
    const [claimed] = await runs.update({ startedAt, progress }, { where: { id: asked.id, startedAt: 0 } });
    if (claimed > 0) return asked.id;
  }
  const id = server.newId();
  await runs.create({
    id,
    job,
    startedAt,
    endedAt: null,
    askedBy: null,
    progress,
    result: null,
    error: null,
  });
  return id;
}

/** Returns the newest runs first, each with its state. */
export async function latestRuns(
  server: Server,
  limit: number,
): Promise<(ServerRow<'runs'> & { state: RunState })[]> {
  const rows = await findRows(server.models.runs, { order: [['id', 'DESC']], limit });
  return rows.map((row) => ({ ...row, state: stateOf(row, server.now()) }));
}

function stateOf({ startedAt, endedAt, error, progress }: ServerRow<'runs'>, now: number): RunState {
  if (endedAt !== null) return error ? 'failed' : 'done';
  if (startedAt === 0) return 'asked';
  return now - (progress.at ?? startedAt) > silentMs ? 'killed' : 'running';
}

/** Deletes all but the newest 200 runs. */
export async function tidyRuns(server: Server): Promise<void> {
  const oldest = await findRow(server.models.runs, {
    attributes: ['id'],
    order: [['id', 'DESC']],
    offset: keptRuns,
  });
  if (oldest) await server.models.runs.destroy({ where: { id: { [Op.lte]: oldest.id } } });
}
