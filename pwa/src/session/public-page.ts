import type { PageName } from '#shared/settings/pages.ts';
import { api } from '../api.ts';
import { useRemembered } from './use-remembered.ts';

/** A page of the provider that everybody may read, in a language. Once loaded it is on the device. */
export function usePublicPage(name: () => PageName | null, language: () => 'en' | 'es') {
  return useRemembered(
    () => `page.${name() ?? ''}.${language()}`,
    async () => {
      const asked = name();
      return asked ? api.settings.page.query({ name: asked, language: language() }) : null;
    },
  );
}
