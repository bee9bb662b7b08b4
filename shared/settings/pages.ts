/** The public pages that a provider writes; every version is kept. */
export const pageNames = ['terms', 'privacy', 'legal', 'paying'] as const;
export type PageName = (typeof pageNames)[number];
