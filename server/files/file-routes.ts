import express, { type Request, type RequestHandler, type Response } from 'express';
import { DomainError } from '#shared/errors.ts';
import { accessOf } from '../people/sign-in.ts';
import type { Server } from '../context.ts';
import { chunkSize, readPaperFor } from './stored-files.ts';
import { chunksOf, storeChunk } from './upload.ts';

/** GET /papers/<sha-256>: the bytes of a paper, for who may see the document it belongs to. */
export function paperRoute(server: Server) {
  return async (request: Request, response: Response): Promise<void> => {
    const actor = accessOf(request)?.actor;
    if (!actor) return refuse(response, 401, 'signed-out');
    const hash = String(request.params['hash']);
    const paper = /^[0-9a-f]{64}$/.test(hash) ? await readPaperFor(server, actor, hash) : null;
    if (!paper) return refuse(response, 404, 'not-found');
    response.setHeader('Content-Type', paper.mediaType);
    response.setHeader(
      'Content-Disposition',
      `attachment; filename="${paper.fileName.replace(/[^\w.-]/g, '_')}"`,
    );
    response.send(paper.bytes);
  };
}

/** GET /papers/<id>/chunks: which chunks of a paper are here, so that a device sends the others only. */
export function chunksRoute(server: Server) {
  return async (request: Request, response: Response): Promise<void> => {
    const actor = accessOf(request)?.actor;
    if (!actor) return refuse(response, 401, 'signed-out');
    const found = await chunksOf(server, actor, String(request.params['id']));
    if (!found) return refuse(response, 404, 'not-found');
    response.json(found);
  };
}

/**
 * PUT /papers/<id>/<n>: chunk n of an announced paper, 1 MiB but for the last; sent again it changes nothing. With the
 * last one that was missing the paper is checked (size, hash, type by content) and stored.
 */
export function uploadRoutes(server: Server): RequestHandler[] {
  return [
    express.raw({ type: 'application/octet-stream', limit: chunkSize }),
    async (request: Request, response: Response): Promise<void> => {
      const actor = accessOf(request)?.actor;
      if (!actor) return refuse(response, 401, 'signed-out');
      const { id, n } = request.params;
      const bytes: unknown = request.body;
      if (!/^\d{1,3}$/.test(String(n)) || !Buffer.isBuffer(bytes))
        return refuse(response, 400, 'bad-request');
      try {
        response.json(await storeChunk(server, actor, { id: String(id), n: Number(n), bytes }));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        const { code, field, detail } = error;
        const data = { errorCode: code, field, detail };
        response.status(code === 'not-found' ? 404 : 400).json({ error: { message: code, data } });
      }
    },
  ];
}

function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ error: { message, data: { errorCode: message } } });
}
