import { pullRequest, pushRequest } from '../wire.ts';
import { router, signedIn } from './trpc.ts';

/** The three procedures a replica lives by. */
export const syncRouter = router({
  pull: signedIn.input(pullRequest).query(({ ctx, input }) => ctx.ports.pull(ctx.actor, input)),
  push: signedIn.input(pushRequest).mutation(({ ctx, input }) => ctx.ports.push(ctx.actor, input)),
  /** Server-sent events: names the collections in which something changed that the reader may see. */
  pokes: signedIn.subscription(async function* ({ ctx, signal }) {
    yield* ctx.ports.pokes(ctx.actor, signal ?? new AbortController().signal);
  }),
});
