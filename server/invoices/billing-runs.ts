import { Op } from 'sequelize';
import type { Ok } from '#shared/ok.ts';
import type { Actor } from '#shared/people/actor.ts';
import { people } from '#shared/people/schema.ts';
import type { RunList } from '#shared/settings/api.ts';
import { findDocuments } from '#sync/server/row.ts';
import { type Server, transact, commandBy } from '../context.ts';
import { addAskedRun, latestRuns } from '../jobs/runs.ts';

/* The runs of the billing job, for the accountant and the admin. */

const maxRuns = 30;

/** Requests a run now. Does nothing if a requested run is already waiting. */
export async function askRun(server: Server, actor: Actor, job: 'make-invoices'): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const isNew = await addAskedRun(server, { job, askedBy: actor.id, transaction: tx.transaction });
    if (isNew) tx.note({ collection: 'jobs', document: job, action: 'run' });
  });
  return { ok: true };
}

/** Lists the latest runs, newest first, with the name of the person who requested them, and the time of the next run. */
export async function listRuns(server: Server): Promise<RunList> {
  const runs = await latestRuns(server, maxRuns);
  const ids = runs.flatMap(({ askedBy }) => (askedBy ? [askedBy] : []));
  const requesters = await findDocuments(server, people, { where: { id: { [Op.in]: ids } } });
  const names = new Map(requesters.map(({ id, displayName }) => [id, displayName]));
  const lastStarted = runs.find(({ startedAt }) => startedAt > 0);
  return {
    nextRunAt: lastStarted ? lastStarted.startedAt + server.config.pollSeconds * 1_000 : null,
    runs: runs.map(({ id, job, startedAt, endedAt, state, error, progress, askedBy, result }) => ({
      id,
      job,
      startedAt,
      endedAt,
      state,
      error,
      progress: { done: progress.done, total: progress.total },
      askedBy: askedBy ? (names.get(askedBy) ?? '') : null,
      result,
    })),
  };
}
