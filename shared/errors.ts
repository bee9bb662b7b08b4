/**
 * Every "no" of the product has one of these codes. The screen has a text for each and the server an HTTP meaning
 * for each (both by Record<ErrorCode, …>), so that a new code without them does not compile.
 */
export const errorCodes = [
  // a field is wrong
  'unknown-field',
  'invalid',
  'forbidden-field',
  // the write as a whole is not allowed
  'not-found',
  'not-allowed',
  'illegal-move',
  'changed-meanwhile',
  'insert-only',
  'parent-refused',
  'too-large',
  // what a rule of one collection says
  'order-of-another-client',
  'assignee-not-staff',
  'already-paid',
  'corrects-too-much',
  'not-held',
  'line-booked',
  'no-credit',
  'not-issued',
  'price-changed',
  'identity-missing',
  'terms-missing',
  'too-late',
  'last-admin',
  'has-documents',
  'taken',
  // signing in
  'wrong-credentials',
  'too-many-tries',
  'weak-password',
  'code-needed',
  'wrong-code',
  'second-factor-required',
  'bad-token',
  'account-disabled',
  'signed-out',
  'access-changed',
  // the rest
  'bad-request',
  'cross-site',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** A rule said no: the code, the field it is about where there is one, and what the reader needs to go on. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly field: string | null;
  readonly detail: string | null;

  constructor(code: ErrorCode, field: string | null = null, detail: string | null = null) {
    super([code, field, detail].filter(Boolean).join(': '));
    this.name = 'DomainError';
    this.code = code;
    this.field = field;
    this.detail = detail;
  }
}
