import { unref, watch, type Ref } from 'vue';
import { useDraft } from './use-draft.ts';

/**
 * Keeps what somebody types into a form until it is saved (or given up by `clear`): it survives a reload, an update
 * and a dialog that was closed by a slip. Never for passwords.
 *
 * @param name what it is a form for, with the id of its document where it has one
 * @param form its values, which are set to what was kept
 * @param pristine the values that it would show if nobody had typed: they are not kept
 */
export function useFormDraft<T extends object>(
  name: () => string,
  form: T | Ref<T>,
  pristine: () => T,
): { clear: () => Promise<void> } {
  const { text, clear } = useDraft(() => `form:${name()}`);
  const values = (): T => unref(form);
  watch(text, (kept) => {
    if (kept === '' || kept === JSON.stringify(values())) return;
    Object.assign(values(), JSON.parse(kept) as Partial<T>); // written below
  });
  watch(
    values,
    (now) => {
      const said = JSON.stringify(now);
      text.value = said === JSON.stringify(pristine()) ? '' : said;
    },
    { deep: true },
  );
  return { clear };
}
