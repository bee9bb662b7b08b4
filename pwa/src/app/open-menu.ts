import type { InjectionKey } from 'vue';

/** Opens the menu of the app on a phone; given by the shell to the heads of its pages. */
export const openMenuKey: InjectionKey<() => void> = Symbol('open menu');
