import type { Request, Response } from 'express';
import { accessOf, endedWithAccount, sessionKeyOf } from '../people/sign-in.ts';
import type { ApiContext } from '../trpc.ts';

/** Builds the context of a request. */
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
