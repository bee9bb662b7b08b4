import { defineStore } from 'pinia';
import { ref } from 'vue';

export type Toast = { id: number; text: string; undo: (() => Promise<void>) | null };

const shownMs = 5_000;
/** As long as the e-mails about what can be undone wait at the server. */
const undoMs = 15_000;

/** Short words about what just happened, with a way back where there is one. */
export const useToasts = defineStore('toasts', () => {
  const toasts = ref<Toast[]>([]);
  let last = 0;

  function show(text: string, undo: Toast['undo'] = null): void {
    const id = (last += 1);
    toasts.value = [...toasts.value.slice(-2), { id, text, undo }];
    setTimeout(() => dismiss(id), undo ? undoMs : shownMs);
  }

  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }

  async function undo(toast: Toast): Promise<void> {
    dismiss(toast.id);
    await toast.undo?.();
  }

  return { toasts, show, dismiss, undo };
});
