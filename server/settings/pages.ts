import { QueryTypes } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import { pageNames, type PageName } from '#shared/settings/pages.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact, commandBy } from '../context.ts';
import type { Language } from '#shared/settings/language.ts';
import type { PageVersion, PublicPage } from '#shared/settings/api.ts';
import type { Publication } from '#shared/settings/settings-form.ts';

/** The public pages (terms, privacy, legal notice, how to pay): Markdown, every version kept. */

type Row = Omit<PageVersion, 'publishedAt'> & { publishedAt: string };

/** The pages that say something in at least one language. */
export async function publishedPages(server: Server): Promise<PageName[]> {
  const rows = await latest(server);
  return pageNames.filter((name) => rows.some((row) => row.name === name && row.body.trim() !== ''));
}

/** The version of the terms in force in each language that has them. */
export async function termsInForce(server: Server): Promise<{ language: Language; version: number }[]> {
  const rows = (await latest(server)).filter(({ name, body }) => name === 'terms' && body.trim() !== '');
  return rows.map(({ language, version }) => ({ language, version }));
}

/** The version in force in a language; in the other one where there is none in this. */
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

/** The versions in force. */
export async function latest(server: Server): Promise<PageVersion[]> {
  const rows = await server.db.query<Row>(
    `SELECT p.name, p.language, p.version, p.body, p.published_at AS publishedAt FROM pages p
     JOIN (SELECT name, language, MAX(version) AS version FROM pages GROUP BY name, language) newest
     USING (name, language, version)`,
    { type: QueryTypes.SELECT },
  );
  return rows.map((row) => ({ ...row, publishedAt: Number(row.publishedAt) }));
}

/** Publishes a new version; what stood before stays, as orders name the version that was accepted. */
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
