import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { useSession } from '../session/session.ts';

/**
 * The terms in force in the reader's language, or else in the other one; null: not known, or none. `areUnpublished`: the
 * provider has none, so nothing that costs money can be ordered.
 */
export function useTerms() {
  const { locale } = useI18n();
  const session = useSession();
  const terms = computed(() => {
    const versions = session.about.terms;
    return versions.find(({ language }) => language === locale.value) ?? versions[0] ?? null;
  });
  const areUnpublished = computed(() => session.about.provider !== '' && terms.value === null);
  return { terms, areUnpublished };
}
