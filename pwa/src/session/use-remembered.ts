import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';

/**
 * Public data from the server, cached on this device. It is shown at once and without network, with its age.
 *
 * @param key storage key
 * @param fetchFresh gets the value from the server
 * @returns `at`: time (ms) of the cached value, or null if the value is fresh; `failed`: the last fetch failed
 */
export function useRemembered<T>(
  key: () => string,
  fetchFresh: () => Promise<T>,
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
        const fresh = await fetchFresh();
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
