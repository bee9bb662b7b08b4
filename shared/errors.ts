import { DomainError as AnyDomainError, engineErrorCodes } from './engine/domain-error.ts';

/**
 * The codes of every refusal. The app maps each code to a text and the server maps each to an HTTP status. Both maps are
 * a Record<ErrorCode, …>, so a new code that lacks either does not compile.
 */
export const errorCodes = [
  ...engineErrorCodes,
  // rules of one collection
  'order-of-another-client',
  'assignee-not-staff',
  'already-paid',
  'exceeds-held',
  'corrects-too-much',
  'total-differs',
  'clock-behind',
  'unprintable',
  'not-held',
  'line-booked',
  'no-credit',
  'not-issued',
  'price-changed',
  'identity-missing',
  'terms-missing',
  'terms-unpublished',
  'too-late',
  'last-admin',
  'has-documents',
  // signing in
  'wrong-credentials',
  'too-many-tries',
  'too-many-requests',
  'weak-password',
  'code-needed',
  'wrong-code',
  'second-factor-required',
  'bad-token',
  // requests
  'cross-site',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** A refusal of the product. */
export const DomainError = AnyDomainError<ErrorCode>;
export type DomainError = AnyDomainError<ErrorCode>;

/** True for a refusal, by the engine or by the product. */
export const isDomainError = (error: unknown): error is DomainError => error instanceof AnyDomainError;
