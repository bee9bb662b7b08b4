import type { NextFunction, Request, Response } from 'express';

/**
 * Refuses requests that another site makes in a person's browser (CSRF). tRPC executes a cross-site multipart POST, so
 * the body must have `bodyType`, and the headers that the browser sets (Sec-Fetch-Site, Origin) must name this site.
 *
 * @param bodyType the only content type that a body may have. It must be one that a form of another site cannot send.
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
