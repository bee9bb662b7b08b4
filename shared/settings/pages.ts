/** The public pages that have an address of their own, to which every page links. */
export const linkedPages = ['terms', 'privacy', 'legal', 'paying'] as const;
/** All texts that a provider writes for everybody: also the one of the first page. Every version of them is kept. */
export const pageNames = ['welcome', ...linkedPages] as const;
export type PageName = (typeof pageNames)[number];
