import { computed, type ComputedRef } from 'vue';
import { waiting } from '../replica/replica.ts';
import { uploads } from './uploads.ts';

/** How much of what was written or chosen on this device is not at the server yet: documents, and files. */
export function useUnsent(): ComputedRef<number> {
  return computed(() => {
    const ids = new Set([...waiting.value.map(({ document }) => document.id), ...uploads.value.keys()]);
    return ids.size;
  });
}
