/** The named steps of the jobs. A fault test stops a worker thread or kills the database there, as a power cut would. */
export const steps = [
  'billing: invoice written, not committed',
  'billing: committed',
  'drawing: file written, not committed',
  'drawing: committed',
  'emails: claimed',
  'emails: accepted by the mail server, not marked',
  'emails: marked',
] as const;
export type Step = (typeof steps)[number];
