import { createSharedComposable, useNow as useTime } from '@vueuse/core';
import { computed } from 'vue';

/** The time in milliseconds, renewed twice a minute: one clock for all ages on the screen. */
export const useNow = createSharedComposable(() => {
  const time = useTime({ interval: 30_000 });
  return computed(() => time.value.getTime());
});
