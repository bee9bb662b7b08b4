import { readFile } from 'node:fs/promises';
import { languages } from '#shared/settings/language.ts';
import { fillDraft } from '#shared/settings/page-draft.ts';
import { pageNames } from '#shared/settings/pages.ts';
import type { Server } from '../context.ts';
import { settings } from './settings.ts';

const drafts = new URL('../../shared/settings/page-drafts/', import.meta.url);

/** Publishes the drafts of the public pages as version 1, for the demo and for tests. A provider reads them first. */
export async function publishDrafts(server: Server): Promise<void> {
  const provider = await settings(server);
  for (const name of pageNames) {
    for (const language of languages) {
      const draft = await readFile(new URL(`${name}.${language}.md`, drafts), 'utf8');
      const body = fillDraft(draft, provider, language);
      const row = { name, language, version: 1, body, publishedAt: server.now(), publishedBy: null };
      await server.models.pages.create(row);
    }
  }
}
