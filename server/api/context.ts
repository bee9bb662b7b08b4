import type { Request, Response } from 'express';
import type { PassportStatic } from 'passport';
import type { Actor } from '#shared/people/actor.ts';
import type { Live } from '#sync/server/live.ts';
import type { Server } from '../context.ts';
import { accessOf, endedWithAccount, sessionKeyOf } from '../people/sign-in.ts';

/** What a procedure knows of its request. */
export type ApiContext = {
  server: Server;
  live: Live;
  passport: PassportStatic;
  request: Request;
  response: Response;
  /** Null: nobody is signed in. */
  actor: Actor | null;
  /** How often the actor's rights have changed. 0 where nobody is signed in. */
  epoch: number;
  /** SHA-256 of the session's id. */
  session: string;
  /** The address that the request came from. */
  address: string;
  /** The session has ended because its account is disabled or removed: the device is to delete its replica. */
  disabled: boolean;
};

/** The context of a request. */
export function contextOf(
  app: Pick<ApiContext, 'server' | 'live' | 'passport'>,
  request: Request,
  response: Response,
): ApiContext {
  const access = accessOf(request);
  return {
    ...app,
    request,
    response,
    actor: access?.actor ?? null,
    epoch: access?.epoch ?? 0,
    session: sessionKeyOf(request),
    address: request.ip ?? '',
    disabled: endedWithAccount(request),
  };
}
