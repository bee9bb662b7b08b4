import { defineStore } from 'pinia';
import { ref } from 'vue';

export type Toast = { id: number; text: string };

/** Short words about what just happened. */
export const useToasts = defineStore('toasts', () => {
  const toasts = ref<Toast[]>([]);
  let last = 0;

  function show(text: string): void {
    const id = (last += 1);
    toasts.value = [...toasts.value.slice(-2), { id, text }];
    setTimeout(() => dismiss(id), 5_000);
  }

  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }

  return { toasts, show, dismiss };
});
