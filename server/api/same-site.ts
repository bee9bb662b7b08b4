import type { NextFunction, Request, Response } from 'express';

/**
 * Keeps other sites out of what changes something: tRPC executes a cross-site multipart POST, so a body must be JSON,
 * and the browser's own words (Sec-Fetch-Site, Origin) must name this site.
 *
 * @param bodyType the one type that a body may have; none that a form of another site can send
 */
export function sameSiteOnly(publicUrl: string, bodyType = 'application/json') {
  const ownOrigin = new URL(publicUrl).origin;
  return (request: Request, response: Response, next: NextFunction): void => {
    const { method, headers } = request;
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      return refuse(response, 'cross-site');
    if (method === 'GET' || method === 'HEAD') return next();
    const origin = headers.origin;
    const sameHost = origin !== undefined && URL.canParse(origin) && new URL(origin).host === headers.host;
    if (origin !== undefined && origin !== ownOrigin && !sameHost) return refuse(response, 'cross-site');
    const [type = ''] = (headers['content-type'] ?? '').split(';');
    if (type.trim().toLowerCase() !== bodyType) return refuse(response, 'bad-request', 415);
    next();
  };
}

function refuse(response: Response, code: string, status = 403): void {
  response.status(status).json({ error: { message: code, data: { errorCode: code } } });
}
