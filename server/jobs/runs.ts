import { Op } from 'sequelize';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact, commandBy } from '../context.ts';
import type { Ok } from '#shared/ok.ts';
import type { RunList } from '#shared/settings/api.ts';

/** What the jobs did, kept for whoever looks after them. A run that was asked for begins with the scheduler's next tick. */

export type JobName = 'make-invoices';
export type Progress = { done: number; total: number };
const kept = 200;
/** A run that has said nothing for so long was killed. */
const silentMs = 120_000;

/** Asks for a run now; one that waits already is enough. */
export async function askRun(server: Server, actor: Actor, job: JobName): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const { transaction } = tx;
    const waiting = await server.models.runs.findOne({
      where: { job, startedAt: 0 },
      transaction,
      raw: true,
    });
    if (waiting) return;
    const row = { id: server.newId(), job, startedAt: 0, endedAt: null, askedBy: actor.id };
    await server.models.runs.create(
      { ...row, progress: JSON.stringify({ done: 0, total: 0 }), result: null, error: null },
      { transaction },
    );
    tx.note({ collection: 'jobs', document: job, action: 'run' });
  });
  return { ok: true };
}

export async function isAsked(server: Server, job: JobName): Promise<boolean> {
  return (await server.models.runs.count({ where: { job, startedAt: 0 } })) > 0;
}

/**
 * Runs a job and keeps what came of it: its result, or its error, and on the way how far it is.
 *
 * @returns what the work returned; its error is thrown on
 */
export async function keepRun<T>(
  server: Server,
  job: JobName,
  work: (progress: (at: Progress) => Promise<void>) => Promise<T>,
): Promise<T> {
  const { runs } = server.models;
  const id = await beginRun(server, job);
  let said = 0;
  const progress = async (at: Progress) => {
    if (server.now() - said < 1_000) return;
    said = server.now();
    await runs.update({ progress: JSON.stringify({ ...at, at: said }) }, { where: { id } });
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

/** The row that somebody asked for, or one of its own. */
async function beginRun(server: Server, job: JobName): Promise<string> {
  const { runs } = server.models;
  const startedAt = server.now();
  const progress = JSON.stringify({ done: 0, total: 0, at: startedAt });
  const asked = (await runs.findOne({ where: { job, startedAt: 0 }, raw: true })) as unknown as {
    id: string;
  } | null;
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

/** Newest first, with whoever asked for them; and when the next look is. */
export async function listRuns(server: Server): Promise<RunList> {
  const rows = await server.models.runs.findAll({ order: [['id', 'DESC']], limit: 30, raw: true });
  const runs = rows as unknown as (Record<'id' | 'job' | 'startedAt' | 'progress', string> &
    Record<'endedAt' | 'askedBy' | 'result' | 'error', string | null>)[];
  const ids = runs.flatMap(({ askedBy }) => (askedBy ? [askedBy] : []));
  const people = await server.models.people.findAll({
    where: { id: { [Op.in]: ids } },
    attributes: ['id', 'displayName'],
    raw: true,
  });
  const names = new Map(
    (people as unknown as { id: string; displayName: string }[]).map((p) => [p.id, p.displayName]),
  );
  const looked = runs.find(({ startedAt }) => Number(startedAt) > 0);
  return {
    nextRunAt: looked ? Number(looked.startedAt) + server.config.pollSeconds * 1_000 : null,
    runs: runs.map(({ id, job, startedAt, endedAt, askedBy, progress, result, error }) => {
      const { done, total, at = Number(startedAt) } = JSON.parse(progress) as Progress & { at?: number };
      const ended = endedAt === null ? null : Number(endedAt);
      const started = Number(startedAt);
      const state =
        ended !== null
          ? error
            ? 'failed'
            : 'done'
          : started === 0
            ? 'asked'
            : server.now() - at > silentMs
              ? 'killed'
              : 'running';
      return {
        id,
        job,
        startedAt: started,
        endedAt: ended,
        state,
        error,
        progress: { done, total },
        askedBy: askedBy ? (names.get(askedBy) ?? '') : null,
        result: result === null ? null : (JSON.parse(result) as Record<string, number>),
      };
    }),
  };
}

/** Keeps the newest. */
export async function tidyRuns(server: Server): Promise<void> {
  const rows = await server.models.runs.findAll({
    attributes: ['id'],
    order: [['id', 'DESC']],
    limit: 1,
    offset: kept,
    raw: true,
  });
  const [oldest] = rows as unknown as { id: string }[];
  if (oldest) await server.models.runs.destroy({ where: { id: { [Op.lte]: oldest.id } } });
}
