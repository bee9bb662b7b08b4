import { initTRPC } from '@trpc/server';
import * as z from 'zod/mini';
import type { Actor } from '#shared/engine/actor.ts';
import { EngineError } from '#shared/engine/domain-error.ts';
import {
  firstRequest,
  pokesRequest,
  pullRequest,
  pushRequest,
  type FirstPage,
  type PullResponse,
  type PushResponse,
  type Reset,
} from '../protocol.ts';
import type { SyncServer } from './context.ts';
import { positionOf, resetFor } from './generation.ts';
import type { Live } from './live.ts';
import { collectionNamed, push } from './push.ts';
import { firstPage, pull, type ByteBudget } from './read.ts';

/** The context of a request by a signed-in person. */
export type SyncContext = {
  server: SyncServer;
  live: Live;
  actor: Actor;
  /** How often the person's rights have changed. */
  epoch: number;
  /** SHA-256 of the session's id. */
  session: string;
  /** Shared by all pulls of one HTTP request. */
  budget?: ByteBudget;
};

const t = initTRPC.context<SyncContext>().create();

/**
 * The procedures that a replica calls. They refuse a replica that was created under other rights.
 *
 * @param procedure the product's procedure for a signed-in person
 */
export function createSyncRouter(procedure: typeof t.procedure) {
  return t.router({
    first: procedure.input(firstRequest).query(async ({ ctx, input }): Promise<FirstPage | Reset> => {
      checkDevice(ctx, input);
      return input.epoch === ctx.epoch
        ? firstPage(ctx.server, ctx.actor, { ...input, budget: ctx.budget })
        : { reset: 'rights' };
    }),
    pull: procedure.input(pullRequest).query(async ({ ctx, input }): Promise<PullResponse | Reset> => {
      checkDevice(ctx, input);
      return input.epoch === ctx.epoch
        ? pull(ctx.server, ctx.actor, { ...input, budget: ctx.budget })
        : { reset: 'rights' };
    }),
    push: procedure.input(pushRequest).mutation(async ({ ctx, input }): Promise<PushResponse> => {
      checkDevice(ctx, input);
      if (input.epoch !== ctx.epoch) throw new EngineError('access-changed');
      const position = await positionOf(ctx.server);
      const reset = await resetFor(ctx.server, { ...input, since: 0 }, position);
      if (reset) throw new EngineError('restored');
      await ctx.server.sync.admit?.(ctx.server, ctx.actor, input.rows.length);
      const answer = await push(ctx.server, ctx.actor, input);
      ctx.live.poll();
      return { ...answer, generation: position.generation };
    }),
    /** Server-sent events with the changes of documents that the reader may see. */
    pokes: procedure.input(z.optional(pokesRequest)).subscription(({ ctx, input, signal }) => {
      const { actor, epoch, session } = ctx;
      const { since, epoch: replicaEpoch, ...rest } = input ?? { since: {} };
      // Somebody else has signed in: this replica must not take what they may see for what it may see.
      if (input?.person !== undefined && input.person !== actor.id) throw new EngineError('signed-out');
      const options = { ...rest, since, replicaEpoch, actor, epoch, session };
      return ctx.live.pokes(options, signal ?? new AbortController().signal);
    }),
  });
}

export type SyncRouter = ReturnType<typeof createSyncRouter>;

/**
 * If somebody else has signed in in another tab, the replica of the previous person is treated as signed out. A replica
 * of another version keeps its writes until app and server have the same.
 */
function checkDevice(
  { server, actor }: SyncContext,
  {
    person,
    collection,
    schema,
  }: { person?: string | undefined; collection: string; schema?: number | undefined },
): void {
  if (person !== undefined && person !== actor.id) throw new EngineError('signed-out');
  const { version } = collectionNamed(server, collection);
  if (schema !== undefined && schema < version) throw new EngineError('app-outdated');
  if (schema !== undefined && schema > version) throw new EngineError('server-outdated');
}
