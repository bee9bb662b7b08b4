/** The refusals that the engine itself gives. A product adds its own. */
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
  'bad-request',
] as const;
export type EngineErrorCode = (typeof engineErrorCodes)[number];

/** A rule refused something: the code, the field it is about if there is one, and a detail for the reader. */
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

/** A refusal of the engine: its code is one of `engineErrorCodes`. */
export const EngineError = DomainError<EngineErrorCode>;
