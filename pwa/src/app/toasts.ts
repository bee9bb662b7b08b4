import { useElementBounding, type MaybeElementRef } from '@vueuse/core';
import { defineStore } from 'pinia';
import { onScopeDispose, ref, watchEffect } from 'vue';

export type Toast = { id: number; text: string; shownMs: number; undo: (() => Promise<void>) | null };

const shownMs = 5_000;
/** As long as the e-mails about what can be undone wait at the server. */
const undoMs = 15_000;
const mostShown = 3;

/** Short words about what just happened, with a way back where there is one. toast-region.vue shows them. */
export const useToasts = defineStore('toasts', () => {
  const toasts = ref<Toast[]>([]);
  /** Pixels at the bottom of the page that toasts leave free. */
  const room = ref(0);
  let last = 0;

  function show(text: string, undo: Toast['undo'] = null): void {
    const id = (last += 1);
    toasts.value = [
      ...toasts.value.slice(1 - mostShown),
      { id, text, shownMs: undo ? undoMs : shownMs, undo },
    ];
  }

  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }

  return { toasts, room, show, dismiss };
});

/** Toasts are shown above this element, which stands at the bottom of the page, for as long as it is there. */
export function useRoomBelowToasts(element: MaybeElementRef): void {
  const store = useToasts();
  const { top, height } = useElementBounding(element);
  watchEffect(() => {
    store.room = height.value > 0 ? window.innerHeight - top.value : 0;
  });
  onScopeDispose(() => (store.room = 0));
}
