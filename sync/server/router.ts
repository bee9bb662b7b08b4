import * as z from 'zod/mini';
import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/engine/actor.ts';
import {
  firstRequest,
  pokesRequest,
  pullRequest,
  pushRequest,
  type FirstPage,
  type PullResponse,
  type Reset,
} from '../protocol.ts';
import { router, signedIn } from '../../server/api/trpc.ts';

/** The procedures a replica lives by. One made under other rights learns it by its first request. */
export const syncRouter = router({
  first: signedIn.input(firstRequest).query(async ({ ctx, input }): Promise<FirstPage | Reset> => {
    checkPerson(ctx.actor, input.person);
    return input.epoch === ctx.epoch ? ctx.ports.first(ctx.actor, input) : { reset: true };
  }),
  pull: signedIn.input(pullRequest).query(async ({ ctx, input }): Promise<PullResponse | Reset> => {
    checkPerson(ctx.actor, input.person);
    return input.epoch === ctx.epoch ? ctx.ports.pull(ctx.actor, input) : { reset: true };
  }),
  push: signedIn.input(pushRequest).mutation(({ ctx, input }) => {
    checkPerson(ctx.actor, input.person);
    if (input.epoch !== ctx.epoch) throw new DomainError('access-changed');
    return ctx.ports.push(ctx.actor, input);
  }),
  /** Server-sent events: names the collections in which something changed that the reader may see. */
  pokes: signedIn.input(z.optional(pokesRequest)).subscription(async function* ({ ctx, input, signal }) {
    yield* ctx.ports.pokes(ctx.actor, input ?? { since: {} }, signal ?? new AbortController().signal);
  }),
});

/** Another tab signed somebody else in: for the replica of the one before nobody is signed in. */
function checkPerson(actor: Actor, person: string | undefined): void {
  if (person !== undefined && person !== actor.id) throw new DomainError('signed-out');
}
