import { procedure, router } from '../trpc.ts';
import { landing } from './landing.ts';

/** What everybody may see of the provider and its catalogue. */
export const publicRouter = router({
  landing: procedure.query(({ ctx }) => landing(ctx.server)),
});
