import { shallowRef } from 'vue';

/** Name and password on the way from the sign-in to the setting up of a second factor; in memory only. */
export const isAuthRoute = shallowRef<{ login: string; password: string } | null>(null);
