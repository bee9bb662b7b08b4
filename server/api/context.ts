import type { Request, Response } from 'express';
import { accessOf, endedWithAccount, sessionKeyOf } from '../people/sign-in.ts';
import type { ApiContext } from '../trpc.ts';
import { networkOf } from '../limits/network.ts';
import type { Callers } from '../limits/callers.ts';

/** Bytes of documents that one request gets, however many pulls it batches. The rest comes by further requests. */
const mostAnswered = 512 * 1024;

/** Builds the context of a request. */
export function contextOf(
  { callers, ...app }: Pick<ApiContext, 'server' | 'live' | 'passport'> & { callers: Callers },
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
    address: networkOf(request.ip ?? ''),
    caller: callers.of(request),
    budget: { bytes: mostAnswered },
    disabled: endedWithAccount(request),
  };
}
