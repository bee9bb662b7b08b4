import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';

/**
 * Public data from the server, cached on this device. It is shown at once and without network, with its age.
 *
 * @param key storage key
 * @param fetchFresh gets the value from the server
 * @param sent the id of an element with the value as JSON, if the server sent it along with the page
 * @returns `at`: time (ms) of the cached value, or null if the value is fresh; `failed`: the last fetch failed
 */
export function useRemembered<T>(
  key: () => string,
  fetchFresh: () => Promise<T>,
  sent?: string,
): { value: ShallowRef<T | null>; at: Ref<number | null>; load: () => Promise<void>; failed: Ref<boolean> } {
  const value = shallowRef<T | null>(null);
  const at = ref<number | null>(null);
  const failed = ref(false);
  return {
    value,
    at,
    failed,
    async load() {
      const name = `cstims.public.${key()}`;
      const kept = localStorage.getItem(name);
      const known = kept ? (JSON.parse(kept) as { value: T; at: number }) : null; // written below
      value.value = known?.value ?? null;
      at.value = known?.at ?? null;
      try {
        const along = sent ? document.getElementById(sent)?.textContent : null;
        const fresh = along ? (JSON.parse(along) as T) : await fetchFresh(); // by the server of the same version
        value.value = fresh;
        at.value = null;
        failed.value = false;
        localStorage.setItem(name, JSON.stringify({ value: fresh, at: Date.now() }));
      } catch {
        failed.value = true;
      }
    },
  };
}
