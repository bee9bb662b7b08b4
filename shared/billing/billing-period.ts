/** How often an order is charged, when in its period, and from which day its periods are counted. */
export const billingPeriods = ['once', 'month', 'quarter', 'year'] as const;
export type BillingPeriod = (typeof billingPeriods)[number];
export const alignments = ['anniversary', 'calendar'] as const;
export type Alignment = (typeof alignments)[number];
export const chargedAts = ['start', 'end'] as const;
export type ChargedAt = (typeof chargedAts)[number];
