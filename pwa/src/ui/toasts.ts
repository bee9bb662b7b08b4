import { useResizeObserver, type MaybeElementRef } from '@vueuse/core';
import { defineStore } from 'pinia';
import { onScopeDispose, ref } from 'vue';

export type Toast = {
  id: number;
  text: string;
  shownMs: number;
  undo: (() => Promise<void>) | null;
  /** The document that it is about. */
  about: string | null;
};

const shownMs = 5_000;
/** As long as the server holds back the e-mails about an action that can be undone. */
const undoMs = 15_000;
const maxShown = 3;

/** Short messages about what just happened, with an undo where possible. toast-region.vue shows them. */
export const useToasts = defineStore('toasts', () => {
  const toasts = ref<Toast[]>([]);
  /** Height in pixels that toasts leave free at the bottom of the page. */
  const room = ref(0);
  let last = 0;

  /** @param about what has happened to this document since replaces what an earlier toast says of it */
  function show(text: string, undo: Toast['undo'] = null, about: string | null = null): void {
    const id = (last += 1);
    const others = toasts.value.filter((toast) => about === null || toast.about !== about);
    toasts.value = [
      ...others.slice(1 - maxShown),
      { id, text, shownMs: undo ? undoMs : shownMs, undo, about },
    ];
  }

  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }

  return { toasts, room, show, dismiss };
});

/** Keeps toasts above this element, which is at the bottom of the page, while it is mounted. */
export function useRoomBelowToasts(element: MaybeElementRef): void {
  const store = useToasts();
  useResizeObserver(element, ([entry]) => {
    const { top = 0, height = 0 } = entry?.target.getBoundingClientRect() ?? {};
    store.room = height > 0 ? window.innerHeight - top : 0;
  });
  onScopeDispose(() => (store.room = 0));
}
