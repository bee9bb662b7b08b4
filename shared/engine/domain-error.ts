/** The codes of the engine's own refusals. A product adds its own codes. */
export const engineErrorCodes = [
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
  'taken',
  // the session
  'account-disabled',
  'signed-out',
  'access-changed',
  'restored',
  'app-outdated',
  'server-outdated',
  'bad-request',
] as const;
export type EngineErrorCode = (typeof engineErrorCodes)[number];

/** A refusal by a rule. `field`: the field that was refused, if there is one. `detail`: more information for the reader. */
export class DomainError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly field: string | null;
  readonly detail: string | null;

  constructor(code: Code, field: string | null = null, detail: string | null = null) {
    super([code, field, detail].filter(Boolean).join(': '));
    this.name = 'DomainError';
    this.code = code;
    this.field = field;
    this.detail = detail;
  }
}

/** A refusal by the engine, with one of `engineErrorCodes`. */
export const EngineError = DomainError<EngineErrorCode>;
