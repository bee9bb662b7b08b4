import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import { daysBetween } from '#shared/billing/day.ts';
import { isDay } from '#shared/engine/field.ts';
import { mayFetch } from '#shared/procedures.ts';
import { accessOf } from '../people/sign-in.ts';
import type { Server } from '../context.ts';

/** A year, plus some days of overlap with the year before. */
const maxDays = 400;

/** GET /packages/<first day>/<last day>: a ZIP of everything issued and paid in these days, for the accountant. */
export function packageRoute(server: Server) {
  return async (request: Request, response: Response): Promise<void> => {
    const refuse = (status: number, message: string, field: string | null = null) =>
      void response.status(status).json({ error: { message, data: { errorCode: message, field } } });
    const actor = accessOf(request)?.actor;
    if (!actor) return refuse(401, 'signed-out');
    if (!mayFetch(actor, 'package')) return refuse(403, 'not-allowed');
    const [from, to] = [String(request.params['from']), String(request.params['to'])];
    if (!isDay(from)) return refuse(400, 'invalid', 'from');
    if (!isDay(to) || to < from || daysBetween(from, to) > maxDays) return refuse(400, 'invalid', 'to');
    // Loaded on demand, because it is needed only a few times a month.
    const { packageOf } = await import('./books-package.ts');
    const stream = await packageOf(server, actor, { from, to });
    response.setHeader('Content-Type', 'application/zip');
    response.setHeader('Content-Disposition', `attachment; filename="books-${from}-${to}.zip"`);
    stream.on('error', (error) => {
      server.log.error({ error }, 'a package could not be written');
      response.destroy();
    });
    response.on('close', () => (stream as Readable).destroy());
    stream.pipe(response);
  };
}
