import { ref, watch, type Ref } from 'vue';

/**
 * A value that this tab keeps while it is open: the tab, search and filter of a list survive a reload and a look at another
 * page. A second tab has its own.
 *
 * @param name unique in the app
 * @param first the value at first; its form must not change without a new name
 */
export function useKept<T>(name: string, first: T): Ref<T> {
  const key = `cstims.${name}`;
  const kept = sessionStorage.getItem(key);
  const value = ref(kept === null ? first : (JSON.parse(kept) as T)) as Ref<T>; // written below
  watch(value, (now) => sessionStorage.setItem(key, JSON.stringify(now)), { deep: true });
  return value;
}
