import type { Language } from '#shared/settings/language.ts';
import type { PageName } from '#shared/settings/pages.ts';

const drafts = import.meta.glob<string>('../../../shared/settings/page-drafts/*.md', {
  query: '?raw',
  import: 'default',
});

/** The draft of a public page that comes with the app. It is loaded when it is asked for. */
export async function pageDraft(name: PageName, language: Language): Promise<string> {
  return (await drafts[`../../../shared/settings/page-drafts/${name}.${language}.md`]?.()) ?? '';
}
