import type { Request, Response } from 'express';
import { view } from '#shared/policy/scope.ts';
import { accessOf } from '../accounts/sign-in.ts';
import type { Server } from '../context.ts';
import { readPaper } from './papers.ts';

/** GET /papers/<sha-256>: the bytes of a paper, for who may see the document it belongs to. */
export function paperRoute(server: Server) {
  return async (request: Request, response: Response): Promise<void> => {
    const actor = accessOf(request)?.actor;
    if (!actor) return void response.status(401).json({ error: { message: 'signed-out' } });
    const hash = String(request.params['hash']);
    const paper = /^[0-9a-f]{64}$/.test(hash) ? await readPaper(server, hash) : null;
    if (!paper || !view(actor, 'papers', paper)) {
      return void response.status(404).json({ error: { message: 'not-found' } });
    }
    response.setHeader('Content-Type', paper.mediaType);
    response.setHeader(
      'Content-Disposition',
      `attachment; filename="${paper.fileName.replace(/[^\w.-]/g, '_')}"`,
    );
    response.send(paper.bytes);
  };
}
