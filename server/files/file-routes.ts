import express, { type Request, type RequestHandler, type Response } from 'express';
import { isDomainError } from '#shared/errors.ts';
import { accessOf } from '../people/sign-in.ts';
import { chunkSize, chunksIn, findStoredFileFor } from './stored-files.ts';
import { refuseDownload, sendDownload } from './send-download.ts';
import { chunksOf, storeChunk } from './upload.ts';
import type { Server } from '../context.ts';

/** GET /files/<sha-256>: sends the bytes of a file to a person who may see the document it belongs to. */
export function fileRoute(server: Server) {
  return async (request: Request, response: Response): Promise<void> => {
    const actor = accessOf(request)?.actor;
    if (!actor) return refuseDownload(response, 401, 'signed-out');
    const hash = String(request.params['hash']);
    const file = /^[0-9a-f]{64}$/.test(hash) ? await findStoredFileFor(server, actor, hash) : null;
    if (!file) return refuseDownload(response, 404, 'not-found');
    await sendDownload(server, response, { ...file, bytes: chunksIn(server, file) });
  };
}

/** GET /files/<id>/chunks: lists the stored chunks of a file, so that a device sends only the missing ones. */
export function chunksRoute(server: Server) {
  return async (request: Request, response: Response): Promise<void> => {
    const actor = accessOf(request)?.actor;
    if (!actor) return refuseDownload(response, 401, 'signed-out');
    const found = await chunksOf(server, actor, String(request.params['id']));
    if (!found) return refuseDownload(response, 404, 'not-found');
    response.json(found);
  };
}

/**
 * PUT /files/<id>/<n>: stores chunk n of an announced file. Every chunk except the last has 1 MiB. Sending a chunk again
 * changes nothing. After the last missing chunk the file is checked (size, hash, type by content) and stored.
 */
export function uploadRoutes(server: Server): RequestHandler[] {
  return [
    express.raw({ type: 'application/octet-stream', limit: chunkSize }),
    async (request: Request, response: Response): Promise<void> => {
      const actor = accessOf(request)?.actor;
      if (!actor) return refuseDownload(response, 401, 'signed-out');
      const { id, n } = request.params;
      const bytes: unknown = request.body;
      if (!/^\d{1,3}$/.test(String(n)) || !Buffer.isBuffer(bytes))
        return refuseDownload(response, 400, 'bad-request');
      try {
        response.json(await storeChunk(server, actor, { id: String(id), n: Number(n), bytes }));
      } catch (error) {
        if (!isDomainError(error)) throw error;
        const { code, field, detail } = error;
        const data = { errorCode: code, field, detail };
        response.status(code === 'not-found' ? 404 : 400).json({ error: { message: code, data } });
      }
    },
  ];
}
