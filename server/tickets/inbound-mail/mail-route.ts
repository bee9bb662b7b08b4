import type { Request, Response } from 'express';
import { isDomainError } from '#shared/errors.ts';
import type { Server } from '../../context.ts';
import { accessOf } from '../../people/sign-in.ts';
import { partOfMail } from './original-mail.ts';

/**
 * GET /mail/<id>/raw and /mail/<id>/<n>: the source of a received e-mail, or one of its parts, always as a download of
 * unknown type, so that no browser opens it as a page.
 */
export function mailRoute(server: Server) {
  return async (request: Request, response: Response): Promise<void> => {
    const actor = accessOf(request)?.actor;
    if (!actor) return refuse(response, 401, 'signed-out');
    const { id = '', part = '' } = request.params as Record<string, string>;
    if (part !== 'raw' && !/^\d{1,5}$/.test(part)) return refuse(response, 404, 'not-found');
    try {
      const wanted = part === 'raw' ? part : Number(part);
      const { fileName, content } = await partOfMail(server, actor, { id, part: wanted });
      response.setHeader('Content-Type', 'application/octet-stream');
      response.setHeader(
        'Content-Disposition',
        `attachment; filename="${fileName.replace(/[^\w.-]/g, '_')}"`,
      );
      response.send(content);
    } catch (error) {
      if (!isDomainError(error)) throw error;
      refuse(response, 404, error.code);
    }
  };
}

function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ error: { message, data: { errorCode: message } } });
}
