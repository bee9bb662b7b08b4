/** What can become of an e-mail of the outbox. */
export const emailStates = ['scheduled', 'sending', 'held', 'failed', 'sent', 'cancelled'] as const;
export type EmailState = (typeof emailStates)[number];
