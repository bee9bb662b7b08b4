import { nextTick, onBeforeUnmount, watch, type Ref } from 'vue';

/** Where each list was scrolled to when it was left, in pixels. */
const positions = new Map<string, number>();

/**
 * A list that is shown again after a look at one of its entries stands where it was.
 *
 * @param count how many entries are loaded: only then is the list as long as before
 */
export function useKeptScroll(
  name: string,
  scroller: Readonly<Ref<HTMLElement | null>>,
  count: () => number | undefined,
): void {
  const stop = watch(
    [scroller, count],
    async ([element, entries]) => {
      if (!element || !entries) return;
      stop();
      await nextTick();
      element.scrollTop = positions.get(name) ?? 0;
    },
    { flush: 'post' },
  );
  onBeforeUnmount(() => positions.set(name, scroller.value?.scrollTop ?? 0));
}
