import { computed, type ComputedRef } from 'vue';
import { waiting } from '../replica/replica.ts';
import { uploads } from './uploads.ts';

/** The number of documents and files from this device that are not on the server yet. */
export function useUnsent(): ComputedRef<number> {
  return computed(() => {
    const ids = new Set([...waiting.value.map(({ document }) => document.id), ...uploads.value.keys()]);
    return ids.size;
  });
}
