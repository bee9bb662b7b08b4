import { Router } from 'express';
import type { Config } from '../config.ts';
import { escapeHtml } from './compose.ts';
import { caughtLetters } from './transport.ts';

/** /dev/mailbox: the letters caught because no SMTP server is configured. Never there in production. */
export function devMailbox(config: Config): Router {
  const router = Router();
  router.get('/letters.json', async (_request, response) => {
    response.json(await caughtLetters(config));
  });
  router.get('/', async (_request, response) => {
    const letters = await caughtLetters(config);
    const rows = letters.map(
      (letter) =>
        `<li><a href="/dev/mailbox/${encodeURIComponent(letter.id)}">${escapeHtml(letter.subject)}</a><br>
         to ${escapeHtml(letter.to)} · ${new Date(letter.at).toISOString()}</li>`,
    );
    response.send(page('Mailbox', rows.length > 0 ? `<ol>${rows.join('')}</ol>` : '<p>No letters yet.</p>'));
  });
  router.get('/:id', async (request, response) => {
    const letter = (await caughtLetters(config)).find(({ id }) => id === request.params.id);
    if (!letter) return void response.status(404).send(page('Mailbox', '<p>There is no such letter.</p>'));
    const attached = letter.attachments.map(
      ({ fileName, size }) => `${escapeHtml(fileName)} (${size} bytes)`,
    );
    const linked = escapeHtml(letter.text).replace(
      /https?:\/\/[^\s<]+/g,
      (url) => `<a href="${url}">${url}</a>`,
    );
    response.send(
      page(
        escapeHtml(letter.subject),
        `<p>to ${escapeHtml(letter.to)}<br>from ${escapeHtml(letter.from)}${attached.length > 0 ? `<br>attached: ${attached.join(', ')}` : ''}</p>
         <pre>${linked}</pre><p><a href="/dev/mailbox">All letters</a></p>`,
      ),
    );
  });
  return router;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>${title}</title><body><h1>${title}</h1>${body}</body></html>`;
}
