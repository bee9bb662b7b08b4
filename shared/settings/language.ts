/** The languages of the app, of e-mails and of invoices. */
export const languages = ['en', 'es'] as const;
export type Language = (typeof languages)[number];
