/* The look of an invoice's pages. Lengths are in points. */

export const ink = '#16181d';
export const muted = '#5b6270';
export const accent = '#0f6b5c';
export const hairline = '#d9dde2';

export const margin = 48;
/** The width of the text. A4 is 595.28 wide. */
export const textWidth = 595.28 - 2 * margin;
/** Captions, and what matters less. */
export const label = { color: muted, fontSize: 8 };
