/** A text as it is compared: "Lucía" and "LUCIA" are found by "lucia". */
export const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
