import { ref, type Ref } from 'vue';

/** Runs a form's action once at a time. A second click while it runs does nothing. */
export function useBusy(): { busy: Ref<boolean>; once: (work: () => Promise<unknown>) => Promise<void> } {
  const busy = ref(false);
  return {
    busy,
    async once(work) {
      if (busy.value) return;
      busy.value = true;
      try {
        await work();
      } finally {
        busy.value = false;
      }
    },
  };
}
