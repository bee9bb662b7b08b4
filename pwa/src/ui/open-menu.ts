import type { InjectionKey } from 'vue';

/** Opens the app menu on a phone. The shell provides it to the page headers. */
export const openMenuKey: InjectionKey<() => void> = Symbol('open menu');

/** The name of the provider, for the titles of pages. */
export const siteNameKey: InjectionKey<() => string> = Symbol('site name');

/** Opens the command palette. Provided like the menu. */
export const openPaletteKey: InjectionKey<() => void> = Symbol('open palette');
