import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import staticGzip from 'express-static-gzip';
import type { Express, Request, RequestHandler } from 'express';
import type { Server } from '../context.ts';
import type { Language } from '#shared/settings/language.ts';
import { landing } from '../services/landing.ts';
import { logoHash } from '../settings/logo.ts';
import { settings } from '../settings/settings.ts';
import { withLanding } from './first-html.ts';

const dist = fileURLToPath(new URL('../../pwa/dist/', import.meta.url));

/** Serves the built app. Every other path returns index.html, because the app has its own router. */
export function serveApp(app: Express, server: Server): void {
  // Without a build there is nothing to serve.
  const isBuilt = existsSync(join(dist, 'index.html'));
  app.get('/manifest.webmanifest', manifest(server));
  if (isBuilt) {
    app.get(['/', '/welcome'], firstPage(server, readFileSync(join(dist, 'index.html'), 'utf8')));
    app.use(files());
  }
  app.use((request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    if (/\.[a-z0-9]+$|\/\./i.test(request.path) || !isBuilt)
      return void response.status(404).type('text/plain').send('Not found');
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile('index.html', { root: dist });
  });
}

/** The files of the build, which has compressed them. */
function files(): RequestHandler {
  const setHeaders = (response: ServerResponse, path: string) => {
    const hashed = /[\\/]assets[\\/]/.test(path);
    response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  };
  return staticGzip(dist, {
    enableBrotli: true,
    orderPreference: ['br', 'gz'],
    index: false,
    serveStatic: { setHeaders },
  });
}

const languageOf = (request: Request) => (request.acceptsLanguages('en', 'es') === 'es' ? 'es' : 'en');

/** Visitors and search engines get the services with their prices in the first answer. */
function firstPage(server: Server, html: string): RequestHandler {
  /** Requests that come at the same time share one page, so that many of them cost no more than one. */
  const building = new Map<Language, Promise<string>>();
  const build = async (language: Language) => {
    const [content, { name }] = await Promise.all([landing(server), settings(server)]);
    return withLanding(html, { content, name, language });
  };
  return (request, response, next) => {
    const language = languageOf(request);
    const page = building.get(language) ?? build(language).finally(() => building.delete(language));
    building.set(language, page);
    page.then((text) => {
      response.setHeader('Cache-Control', 'no-cache');
      response.vary('Accept-Language');
      response.type('html').send(text);
    }, next);
  };
}

/** The app is installed under the provider's name and logo. */
function manifest(server: Server): RequestHandler {
  return (_request, response, next) => {
    Promise.all([settings(server), logoHash(server)]).then(([{ name, language }, logo]) => {
      const icon = (size: number) => ({
        src: `/icon-${size}.png`,
        sizes: `${size}x${size}`,
        type: 'image/png',
      });
      const icons = [icon(192), icon(512), { ...icon(512), purpose: 'maskable' }];
      response.setHeader('Cache-Control', 'no-cache');
      response.type('application/manifest+json').send(
        JSON.stringify({
          id: '/',
          name,
          short_name: name.slice(0, 12),
          lang: language,
          start_url: '/',
          display: 'standalone',
          background_color: '#ffffff',
          theme_color: '#0f6b5c',
          icons: logo ? [...icons, { src: '/logo.png', sizes: 'any', type: 'image/png' }] : icons,
          shortcuts: [
            { name: 'Tickets', url: '/tickets' },
            { name: language === 'es' ? 'Nuevo ticket' : 'New ticket', url: '/tickets?new=1' },
            { name: language === 'es' ? 'Facturas' : 'Invoices', url: '/invoices' },
          ],
        }),
      );
    }, next);
  };
}
