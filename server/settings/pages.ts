import { QueryTypes } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import { linkedPages, type PageName } from '#shared/settings/pages.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact, commandBy } from '../context.ts';
import type { Language } from '#shared/settings/language.ts';
import type { Translated } from '#shared/engine/translated.ts';
import type { PageVersion, PublicPage } from '#shared/settings/api.ts';
import type { Publication } from '#shared/settings/settings-form.ts';

/** The public pages (terms, privacy, legal notice, how to pay): in Markdown. Every version is kept. */

type Row = Omit<PageVersion, 'publishedAt'> & { publishedAt: string };

/** Returns the pages that have a text in at least one language. */
export async function publishedPages(server: Server): Promise<PageName[]> {
  const rows = await latest(server);
  return linkedPages.filter((name) => rows.some((row) => row.name === name && row.body.trim() !== ''));
}

/** Returns the current version of the terms in each language that has them. */
export async function termsInForce(server: Server): Promise<{ language: Language; version: number }[]> {
  const rows = (await latest(server)).filter(({ name, body }) => name === 'terms' && body.trim() !== '');
  return rows.map(({ language, version }) => ({ language, version }));
}

/** Returns the current version of a page in a language, or else in the other one. Null if there is none. */
export async function page(
  server: Server,
  { name, language }: { name: PageName; language: Language },
): Promise<PublicPage> {
  const rows = (await latest(server)).filter((row) => row.name === name && row.body.trim() !== '');
  const found = rows.find((row) => row.language === language) ?? rows[0];
  if (!found) return null;
  const { body, version, publishedAt } = found;
  return { body, version, publishedAt };
}

/** Returns the text of the first page in each language; empty if there is none. */
export async function welcomeTexts(server: Server): Promise<Translated> {
  const rows = (await latest(server)).filter(({ name }) => name === 'welcome');
  const textIn = (language: Language) => rows.find((row) => row.language === language)?.body ?? '';
  return { en: textIn('en'), es: textIn('es') };
}

/** Returns the current version of every page in every language. */
export async function latest(server: Server): Promise<PageVersion[]> {
  const rows = await server.db.query<Row>(
    `SELECT p.name, p.language, p.version, p.body, p.published_at AS publishedAt FROM pages p
     JOIN (SELECT name, language, MAX(version) AS version FROM pages GROUP BY name, language) newest
     USING (name, language, version)`,
    { type: QueryTypes.SELECT },
  );
  return rows.map((row) => ({ ...row, publishedAt: Number(row.publishedAt) }));
}

/**
 * Publishes a new version of a page. Earlier versions stay, because orders refer to the version that was accepted.
 *
 * @throws DomainError 'changed-meanwhile' if the passed version is not the current one
 */
export async function publishPage(
  server: Server,
  actor: Actor,
  { name, language, body, version: seen }: Publication,
): Promise<{ version: number }> {
  const { result } = await transact(server, commandBy(server, actor), async (tx) => {
    const { transaction } = tx;
    const where = { name, language };
    const before = Number((await server.models.pages.max('version', { where, transaction })) ?? 0);
    if (before !== seen) throw new DomainError('changed-meanwhile', name, `${before}`);
    const version = before + 1;
    const row = { name, language, version, body, publishedAt: tx.now, publishedBy: actor.id };
    await server.models.pages.create(row, { transaction });
    const changes = { version: [before, version] as [unknown, unknown] };
    tx.note({ collection: 'pages', document: `${name} ${language}`, action: 'publish', changes });
    return { version };
  });
  return result;
}
