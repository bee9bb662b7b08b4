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
  me: anybody.query(async ({ ctx }) => {
    const { name, contact, timeZone, taxPercent } = await ctx.ports.provider(ctx.actor);
    const me: Me | null = ctx.actor;
    return { me, provider: name, contact, timeZone, taxPercent };
  }),
  signIn: anybody.input(credentials).mutation(async ({ ctx, input }): Promise<Me> => {
    const { id, role, displayName } = await ctx.ports.signIn(input);
    return { id, role, name: displayName };
  }),
  signOut: anybody.mutation(async ({ ctx }) => {
    await ctx.ports.signOut();
    return { ok: true };
  }),
});
