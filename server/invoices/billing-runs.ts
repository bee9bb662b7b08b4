import { Op } from 'sequelize';
import type { Ok } from '#shared/ok.ts';
import type { Actor } from '#shared/people/actor.ts';
import { people } from '#shared/people/schema.ts';
import type { RunList } from '#shared/settings/api.ts';
import { findDocuments } from '#sync/server/row.ts';
import { type Server, transact, commandBy } from '../context.ts';
import { addAskedRun, latestRuns } from '../jobs/runs.ts';

/** The runs of the billing job, as the accountant and the admin see them. */

const shown = 30;

/** Asks for a run now; one that waits already is enough. */
export async function askRun(server: Server, actor: Actor, job: 'make-invoices'): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const isNew = await addAskedRun(server, { job, askedBy: actor.id, transaction: tx.transaction });
    if (isNew) tx.note({ collection: 'jobs', document: job, action: 'run' });
  });
  return { ok: true };
}

/** Newest first, with whoever asked for them; and when the next look is. */
export async function listRuns(server: Server): Promise<RunList> {
  const runs = await latestRuns(server, shown);
  const ids = runs.flatMap(({ askedBy }) => (askedBy ? [askedBy] : []));
  const askers = await findDocuments(server, people, { where: { id: { [Op.in]: ids } } });
  const names = new Map(askers.map(({ id, displayName }) => [id, displayName]));
  const looked = runs.find(({ startedAt }) => startedAt > 0);
  return {
    nextRunAt: looked ? looked.startedAt + server.config.pollSeconds * 1_000 : null,
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
