import { randomBytes } from 'node:crypto';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import session from 'express-session';
import helmet from 'helmet';
import passportLibrary, { type PassportStatic } from 'passport';
import { appRouter } from './api/app-router.ts';
import { SessionStore } from './people/session-store.ts';
import { setUpPassport } from './people/sign-in.ts';
import type { Live } from '#sync/server/live.ts';
import { serveApp } from './api/serve-app.ts';
import { sameSiteOnly } from './api/same-site.ts';
import { packageRoute } from './invoices/books-package-route.ts';
import { chunksRoute, fileRoute, uploadRoutes } from './files/file-routes.ts';
import { logoHash, readLogo } from './settings/logo.ts';
import { devMailbox } from './email/dev-mailbox.ts';
import { mailRoute } from './tickets/inbound-mail/mail-route.ts';
import { createCallers } from './limits/callers.ts';
import { contextOf } from './api/context.ts';
import { jsonBody, mostBodyBytes } from './limits/json-body.ts';
import type { Server } from './context.ts';
import { findRow } from './models/rows.ts';

/** Calls of one request. The app asks for each of its collections. */
const mostBatched = 20;

/** Creates the Express app: the API, file uploads and downloads, and the files of the built app. */
export async function createApp(server: Server, live: Live): Promise<Express> {
  const { config } = server;
  const https = config.publicUrl.startsWith('https:');
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxy);
  app.use(securityHeaders(https));

  const passport = new passportLibrary.Passport() as unknown as PassportStatic; // the same class as the default export
  setUpPassport(server, passport);
  const signedIn: RequestHandler[] = [
    session({
      name: https ? '__Host-sid' : 'sid',
      secret: await sessionSecret(server),
      store: new SessionStore(server),
      resave: false,
      saveUninitialized: false,
      rolling: false,
      cookie: { httpOnly: true, sameSite: 'lax', secure: https, path: '/', maxAge: 60 * 86_400_000 },
    }),
    passport.initialize() as RequestHandler, // typed any
    passport.session() as RequestHandler,
  ];
  const guard = sameSiteOnly(config.publicUrl);
  const callers = createCallers(server.now);

  app.get('/health', (_request, response) => void response.json({ ok: true }));
  app.get('/ready', ready(server));
  app.get('/logo.png', logo(server));
  if (config.smtpUrl === null && !config.production) app.use('/dev/mailbox', devMailbox(config));
  const trpc = createExpressMiddleware({
    router: appRouter,
    createContext: ({ req, res }) => contextOf({ server, live, passport, callers }, req, res),
    onError: ({ error, path, ctx }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR')
        server.log.error({ path, error: error.cause ?? error }, 'a request failed');
      else if (error.code !== 'UNAUTHORIZED')
        server.log.info({ path, actor: ctx?.actor?.id ?? null, code: error.message }, 'request refused');
    },
  });
  app.use(
    '/api/trpc',
    noStore,
    guard,
    callers.limit,
    limitBatch,
    limitBody,
    ...jsonBody(),
    ...signedIn,
    trpc,
  );
  app.get('/packages/:from/:to', noStore, guard, callers.limit, ...signedIn, packageRoute(server));
  app.get('/files/:hash', noStore, guard, callers.limit, ...signedIn, fileRoute(server));
  app.get('/files/:id/chunks', noStore, guard, callers.limit, ...signedIn, chunksRoute(server));
  const bytesGuard = sameSiteOnly(config.publicUrl, 'application/octet-stream');
  app.put('/files/:id/:n', noStore, bytesGuard, callers.limit, ...signedIn, ...uploadRoutes(server));
  app.get('/mail/:id/:part', noStore, guard, callers.limit, ...signedIn, mailRoute(server));
  app.use(
    '/api',
    (_request, response) => void response.status(404).json({ error: { message: 'not-found' } }),
  );
  serveApp(app, server);
  // eslint-disable-next-line max-params -- Express recognizes an error handler by its four parameters
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    const { status = 500 } = error as { status?: number };
    // A body that cannot be read is the sender's error, not the server's.
    if (status >= 400 && status < 500 && !response.headersSent) {
      const code = status === 413 ? 'too-large' : 'bad-request';
      return void response.status(status).json({ error: { message: code, data: { errorCode: code } } });
    }
    server.log.error({ error }, 'a request failed');
    if (response.headersSent) return next(error);
    response.status(500).json({ error: { message: 'internal' } });
  });
  return app;
}

/** Responds with 503 while the database does not answer, so that a proxy sends requests to another server. */
function ready(server: Server): RequestHandler {
  return (_request, response) => {
    server.db.query('SELECT 1').then(
      () => response.json({ ok: true }),
      (error: unknown) => {
        server.log.warn({ error }, 'not ready');
        response.status(503).json({ ok: false });
      },
    );
  };
}

/** Serves the provider's logo. It is public, because the first page shows it. */
function logo(server: Server): RequestHandler {
  return (_request, response, next) => {
    logoHash(server)
      .then((hash) => readLogo(server, hash))
      .then((png) => {
        if (!png) return void response.status(404).type('text/plain').send('Not found');
        response.setHeader('Cache-Control', 'no-cache');
        response.type('image/png').send(png);
      }, next);
  };
}

function securityHeaders(https: boolean) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'blob:', 'data:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'manifest-src': ["'self'"],
        'worker-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    crossOriginEmbedderPolicy: false,
  });
}

function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  next();
}

/** Refuses a batch of more calls than the app makes, before anything is read for it. */
function limitBatch(request: Request, response: Response, next: NextFunction): void {
  if (request.path.split(',', mostBatched + 1).length <= mostBatched) return next();
  response.status(400).json({ error: { message: 'bad-request', data: { errorCode: 'bad-request' } } });
}

/** Refuses a body by its declared length before it is read, with an error code that a replica understands. */
function limitBody(request: Request, response: Response, next: NextFunction): void {
  if (Number(request.headers['content-length'] ?? 0) <= mostBodyBytes) return next();
  response.status(413).json({ error: { message: 'too-large', data: { errorCode: 'too-large' } } });
}

/** Returns the secret of the sessions. All servers of a database share it; the first start creates it. */
async function sessionSecret(server: Server): Promise<string> {
  const fresh = JSON.stringify(randomBytes(32).toString('base64url'));
  await server.models.settings.bulkCreate([{ name: 'session-secret', value: fresh }], {
    ignoreDuplicates: true,
  });
  const row = await findRow(server.models.settings, { where: { name: 'session-secret' } });
  if (typeof row?.value !== 'string') throw new Error('the secret of the sessions could not be read');
  return row.value;
}
