import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';

/**
 * What the server says to anybody, kept on this device: shown at once and without network, with when it was said.
 *
 * @param key under which it is kept
 * @param ask the server
 */
export function useRemembered<T>(
  key: () => string,
  ask: () => Promise<T>,
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
        const fresh = await ask();
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
