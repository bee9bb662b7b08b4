import * as z from 'zod/mini';
import { anybody, router } from './trpc.ts';

const credentials = z.strictObject({
  login: z.string().check(z.minLength(1), z.maxLength(254)),
  /** 128 characters: as long as a password may be; never truncated. */
  password: z.string().check(z.minLength(1), z.maxLength(128)),
});

export type Me = { id: string; role: 'client' | 'helpdesk' | 'accountant' | 'admin'; name: string };

/** Who am I, signing in and out. */
export const accountRouter = router({
  me: anybody.query(
    async ({ ctx }): Promise<{ me: Me | null; provider: string; contact: string; timeZone: string }> => {
      const { name, contactAddress, timeZone } = await ctx.ports.provider();
      return { me: ctx.actor, provider: name, contact: contactAddress, timeZone };
    },
  ),
  signIn: anybody.input(credentials).mutation(async ({ ctx, input }): Promise<Me> => {
    const { id, role, displayName } = await ctx.ports.signIn(input);
    return { id, role, name: displayName };
  }),
  signOut: anybody.mutation(async ({ ctx }) => {
    await ctx.ports.signOut();
    return { ok: true };
  }),
});
