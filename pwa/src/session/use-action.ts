import { ref, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { requestError } from '../api.ts';
import { fieldName } from '../ui/field-name.ts';
import type { Problem } from '../ui/problem.ts';

/** For forms that call the server directly: tracks `busy`, and on refusal the message and the field it is about. */
export function useAction(): {
  busy: Ref<boolean>;
  problem: Ref<Problem | null>;
  run: (this: void, work: () => Promise<unknown>) => Promise<boolean>;
} {
  const i18n = useI18n();
  const { t } = i18n;
  const busy = ref(false);
  const problem = ref<Problem | null>(null);

  function describe(error: unknown): Problem {
    const { status, code, field, detail } = requestError(error);
    if (status === null) return { code, field, text: t('common.offline'), offline: true };
    const weak = code === 'weak-password' && detail !== null && i18n.te(`auth.${detail}`);
    const key = weak ? `auth.${detail}` : `errors.${code ?? 'internal'}`;
    const text = t(i18n.te(key) ? key : 'errors.internal', {
      field: field === null ? '' : fieldName(i18n, field),
      detail: detail ?? '',
    });
    return { code, field, text };
  }

  return {
    busy,
    problem,
    async run(work) {
      if (busy.value) return false;
      busy.value = true;
      problem.value = null;
      try {
        await work();
        return true;
      } catch (error) {
        problem.value = describe(error);
        return false;
      } finally {
        busy.value = false;
      }
    },
  };
}
