import { initTRPC, TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server';
import type { Request, Response } from 'express';
import type { PassportStatic } from 'passport';
import { DomainError, isDomainError, type ErrorCode } from '#shared/errors.ts';
import type { Actor } from '#shared/people/actor.ts';
import { mayCall } from '#shared/procedures.ts';
import type { Live } from '#sync/server/live.ts';
import type { ByteBudget } from '#sync/server/read.ts';
import type { Caller } from './limits/callers.ts';
import type { Server } from './context.ts';

/** The context of a procedure call. */
export type ApiContext = {
  server: Server;
  live: Live;
  passport: PassportStatic;
  request: Request;
  response: Response;
  /** Null: nobody is signed in. */
  actor: Actor | null;
  /** How often the actor's rights have changed. 0 if nobody is signed in. */
  epoch: number;
  /** SHA-256 of the session's id. */
  session: string;
  /** The network that the request came from (limits/network.ts). */
  address: string;
  /** Who makes the request, for what one caller may have in flight. */
  caller: Caller;
  /** The bytes of documents that the request may still get. */
  budget: ByteBudget;
  /** The session ended because its account was disabled or removed. The device must delete its replica. */
  disabled: boolean;
};

/** The tRPC code of each error code. Most refusals are part of a push's response and never become an error here. */
const trpcCodes: Record<ErrorCode, TRPC_ERROR_CODE_KEY> = {
  'unknown-field': 'BAD_REQUEST',
  invalid: 'BAD_REQUEST',
  'forbidden-field': 'FORBIDDEN',
  'not-found': 'NOT_FOUND',
  'not-allowed': 'FORBIDDEN',
  'illegal-move': 'FORBIDDEN',
  'changed-meanwhile': 'CONFLICT',
  'insert-only': 'FORBIDDEN',
  'parent-refused': 'CONFLICT',
  'too-large': 'PAYLOAD_TOO_LARGE',
  'order-of-another-client': 'FORBIDDEN',
  'assignee-not-staff': 'BAD_REQUEST',
  'already-paid': 'CONFLICT',
  'exceeds-held': 'CONFLICT',
  'corrects-too-much': 'CONFLICT',
  'total-differs': 'CONFLICT',
  'clock-behind': 'CONFLICT',
  unprintable: 'CONFLICT',
  'not-held': 'CONFLICT',
  'no-credit': 'CONFLICT',
  'line-booked': 'CONFLICT',
  'not-issued': 'CONFLICT',
  'price-changed': 'CONFLICT',
  'identity-missing': 'CONFLICT',
  'terms-missing': 'CONFLICT',
  'terms-unpublished': 'CONFLICT',
  'too-late': 'CONFLICT',
  'last-admin': 'CONFLICT',
  'has-documents': 'CONFLICT',
  taken: 'CONFLICT',
  'wrong-credentials': 'BAD_REQUEST',
  'too-many-tries': 'TOO_MANY_REQUESTS',
  'too-many-requests': 'TOO_MANY_REQUESTS',
  'weak-password': 'BAD_REQUEST',
  'code-needed': 'BAD_REQUEST',
  'wrong-code': 'BAD_REQUEST',
  'second-factor-required': 'FORBIDDEN',
  'bad-token': 'BAD_REQUEST',
  'account-disabled': 'UNAUTHORIZED',
  'signed-out': 'UNAUTHORIZED',
  'access-changed': 'CONFLICT',
  restored: 'CONFLICT',
  'app-outdated': 'CONFLICT',
  'server-outdated': 'CONFLICT',
  'bad-request': 'BAD_REQUEST',
  'cross-site': 'FORBIDDEN',
  internal: 'INTERNAL_SERVER_ERROR',
};

const t = initTRPC.context<ApiContext>().create({
  isDev: false, // otherwise error bodies would contain stacks
  sse: {
    ping: { enabled: true, intervalMs: 15_000 },
    client: { reconnectAfterInactivityMs: 40_000 },
  },
  /** Error responses hide internals. They have a code and, for a domain error, the field it is about. */
  errorFormatter({ shape, error }) {
    const { cause } = error;
    const { httpStatus } = shape.data;
    const data = { code: shape.data.code, httpStatus };
    if (isDomainError(cause)) {
      const { code: errorCode, field, detail } = cause;
      return { ...shape, message: errorCode, data: { ...data, errorCode, field, detail } };
    }
    const general: ErrorCode =
      httpStatus >= 500 ? 'internal' : httpStatus === 401 ? 'signed-out' : 'bad-request';
    // A procedure that this version does not have: the app is of another version.
    const isUnknown = error.code === 'NOT_FOUND' && cause === undefined;
    const field = error.code === 'BAD_REQUEST' ? fieldOf(cause) : null;
    const refusal = field === null ? general : 'invalid';
    const errorCode: ErrorCode = isUnknown ? 'app-outdated' : refusal;
    return { ...shape, message: errorCode, data: { ...data, errorCode, field, detail: null } };
  },
});

/** Returns the path of zod's first issue with an input. */
function fieldOf(cause: unknown): string | null {
  const issues = (cause as { issues?: { path?: PropertyKey[] }[] } | undefined)?.issues;
  return issues?.[0]?.path?.map(String).join('.').slice(0, 100) || null;
}

export const router = t.router;

/**
 * The base of every procedure, so that none can skip the check of rights: the table of procedures lists who may call it,
 * and nobody may call one that is not listed. A DomainError becomes the tRPC error of its code.
 */
export const procedure = t.procedure.use(async ({ ctx, path, type, next }) => {
  if (!mayCall(ctx.actor, path)) {
    if (!ctx.actor && ctx.disabled) throw refused('account-disabled');
    throw refused(ctx.actor ? 'not-allowed' : 'signed-out');
  }
  // A live stream is open for hours, and has its own limit.
  const slots = { query: ctx.caller.procedures, mutation: ctx.caller.mutations, subscription: null }[type];
  const free = await slots?.take();
  const result = await next().finally(() => free?.());
  // Notify other replicas of a change at once, not at the next poll.
  if (type === 'mutation' && result.ok) ctx.live.poll();
  const cause = result.ok ? null : result.error.cause;
  if (isDomainError(cause)) throw new TRPCError({ code: trpcCodes[cause.code], cause });
  return result;
});

/** The base of procedures for signed-in people. Their context has the actor. */
export const signedIn = procedure.use(({ ctx, next }) => {
  const { actor } = ctx;
  if (!actor) throw refused('signed-out');
  return next({ ctx: { ...ctx, actor } });
});

function refused(code: ErrorCode): TRPCError {
  return new TRPCError({ code: trpcCodes[code], cause: new DomainError(code) });
}
