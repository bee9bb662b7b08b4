import { unref, watch, type Ref } from 'vue';
import { useDraft } from './use-draft.ts';

/**
 * Keeps the values of a form until it is saved (or discarded by `clear`). They survive a reload, an update and a dialog
 * closed by mistake. Never use it for passwords.
 *
 * @param name key of the form, with the id of its document if it has one
 * @param form its values, which are set to the saved ones
 * @param pristine the values before any typing; these are not saved
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
      const serialized = JSON.stringify(now);
      text.value = serialized === JSON.stringify(pristine()) ? '' : serialized;
    },
    { deep: true },
  );
  return { clear };
}
