import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { useSession } from '../session/session.ts';

/** The terms in force in the reader's language, or else in the other one. Null: none are published. */
export function useTerms() {
  const { locale } = useI18n();
  const session = useSession();
  const terms = computed(() => {
    const versions = session.about.terms;
    return versions.find(({ language }) => language === locale.value) ?? versions[0] ?? null;
  });
  return { terms };
}
