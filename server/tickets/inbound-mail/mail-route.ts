import type { Request, Response } from 'express';
import { isDomainError } from '#shared/errors.ts';
import type { Server } from '../../context.ts';
import { refuseDownload, sendDownload } from '../../files/send-download.ts';
import { accessOf } from '../../people/sign-in.ts';
import { partOfMail, sourceOfMail } from './original-mail.ts';

/** No browser opens a part of an e-mail as a page. */
const mediaType = 'application/octet-stream';

/** GET /mail/<id>/raw and /mail/<id>/<n>: the source of a received e-mail, or one of its parts. */
export function mailRoute(server: Server) {
  return async (request: Request, response: Response): Promise<void> => {
    const actor = accessOf(request)?.actor;
    if (!actor) return refuseDownload(response, 401, 'signed-out');
    const { id = '', part = '' } = request.params as Record<string, string>;
    if (part !== 'raw' && !/^\d{1,5}$/.test(part)) return refuseDownload(response, 404, 'not-found');
    try {
      if (part === 'raw') {
        const bytes = await sourceOfMail(server, actor, id);
        return await sendDownload(server, response, { fileName: 'e-mail.eml', mediaType, bytes });
      }
      const found = await partOfMail(server, actor, { id, n: Number(part) });
      await sendDownload(server, response, { ...found, mediaType });
    } catch (error) {
      if (!isDomainError(error)) throw error;
      refuseDownload(response, error.code === 'too-many-requests' ? 429 : 404, error.code);
    }
  };
}
