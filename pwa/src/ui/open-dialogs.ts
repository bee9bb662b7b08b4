/** Closes each of the open dialogs, the topmost last. See back-button.ts; the routes load this part at first. */
export const openDialogs: (() => void)[] = [];
