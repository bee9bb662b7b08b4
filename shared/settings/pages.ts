/** The public pages that a provider writes. Every version of them is kept. */
export const pageNames = ['terms', 'privacy', 'legal', 'paying'] as const;
export type PageName = (typeof pageNames)[number];
