import { shallowRef } from 'vue';

/** Credentials handed from the sign-in page to the second-factor setup. Kept in memory only. */
export const pendingSignIn = shallowRef<{ login: string; password: string } | null>(null);
