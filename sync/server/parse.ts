import type { Collection } from '#shared/engine/collection.ts';
import { DomainError, EngineError } from '#shared/engine/domain-error.ts';
import { errorNumber } from './in-transaction.ts';

/** All documents are checked by their collection's zod object, whatever their origin. A refusal names the field. */

/** Checks the given fields of a document. @throws DomainError 'unknown-field', 'invalid' */
export function parseFields(collection: Collection, fields: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(fields)) {
    const type = collection.schema.shape[field];
    if (!type) throw new EngineError('unknown-field', field);
    const parsed = type.safeParse(value);
    if (!parsed.success) throw invalid(field, parsed.error.issues[0]);
  }
}

/**
 * Checks a whole document. A replica would never find a document again that lacks an indexed field.
 * @throws DomainError 'invalid'
 */
export function parseWhole(collection: Collection, document: Readonly<Record<string, unknown>>): void {
  const parsed = collection.schema.safeParse(document);
  if (parsed.success) return;
  const issue = parsed.error.issues[0];
  throw invalid(String(issue?.path[0] ?? ''), issue && { ...issue, path: issue.path.slice(1) });
}

function invalid(field: string, issue: { path: PropertyKey[]; message: string } | undefined): DomainError {
  const inside = issue?.path.map(String).join('.') ?? '';
  return new EngineError('invalid', inside ? `${field}.${inside}` : field, issue?.message ?? null);
}

/** ER_DUP_ENTRY */
const duplicate = 1062;
/** ER_NO_REFERENCED_ROW_2: the parent of the document no longer exists. */
const noSuchRow = 1452;

/** Converts the database error of a unique key or a foreign key to a refusal. Null: the error is a fault of the server. */
export function refusalIn(
  error: unknown,
  collections: Readonly<Record<string, Collection>>,
): DomainError | null {
  if (error instanceof DomainError) return error;
  if (errorNumber(error) === noSuchRow) {
    return new EngineError('not-found', /FOREIGN KEY \(`(\w+?)(?:_id)?`\)/.exec(textOf(error))?.[1] ?? null);
  }
  if (errorNumber(error) !== duplicate) return null;
  const key = /for key '(?:[^'.]*\.)?([^']+)'/.exec(textOf(error))?.[1] ?? '';
  const field = Object.values(collections)
    .map(({ uniqueKeys }) => uniqueKeys?.[key])
    .find((each) => each !== undefined);
  return field === undefined ? null : new EngineError('taken', field);
}

function textOf(error: unknown): string {
  const { original, message } = error as { original?: unknown; message?: string };
  return original ? textOf(original) : (message ?? '');
}
