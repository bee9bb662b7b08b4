import { createSharedComposable, useNow as useTime } from '@vueuse/core';
import { computed } from 'vue';

/** The current time in milliseconds, updated twice a minute. One shared clock for all ages on the screen. */
export const useNow = createSharedComposable(() => {
  const time = useTime({ interval: 30_000 });
  return computed(() => time.value.getTime());
});
