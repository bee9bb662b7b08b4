import { Router } from 'express';
import type { Config } from '../config.ts';
import { escapeHtml } from './compose.ts';
import { caughtEmails } from './transport.ts';

/** Serves /dev/mailbox: the e-mails caught because no SMTP server is configured. Never available in production. */
export function devMailbox(config: Config): Router {
  const router = Router();
  router.get('/emails.json', async (_request, response) => {
    response.json(await caughtEmails(config));
  });
  router.get('/', async (_request, response) => {
    const emails = await caughtEmails(config);
    const rows = emails.map(
      (email) =>
        `<li><a href="/dev/mailbox/${encodeURIComponent(email.id)}">${escapeHtml(email.subject)}</a><br>
         to ${escapeHtml(email.to)} · ${new Date(email.at).toISOString()}</li>`,
    );
    response.send(page('Mailbox', rows.length > 0 ? `<ol>${rows.join('')}</ol>` : '<p>No e-mails yet.</p>'));
  });
  router.get('/:id', async (request, response) => {
    const email = (await caughtEmails(config)).find(({ id }) => id === request.params.id);
    if (!email) return void response.status(404).send(page('Mailbox', '<p>There is no such e-mail.</p>'));
    const attached = email.attachments.map(({ fileName, size }) => `${escapeHtml(fileName)} (${size} bytes)`);
    const linked = escapeHtml(email.text).replace(
      /https?:\/\/[^\s<]+/g,
      (url) => `<a href="${url}">${url}</a>`,
    );
    response.send(
      page(
        escapeHtml(email.subject),
        `<p>to ${escapeHtml(email.to)}<br>from ${escapeHtml(email.from)}${attached.length > 0 ? `<br>attached: ${attached.join(', ')}` : ''}</p>
         <pre>${linked}</pre><p><a href="/dev/mailbox">All e-mails</a></p>`,
      ),
    );
  });
  return router;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>${title}</title><body><h1>${title}</h1>${body}</body></html>`;
}
