import type { Collection } from '#shared/collections.ts';
import { DomainError } from '#shared/errors.ts';
import { errorNumber } from './in-transaction.ts';

/** The collection's own zod object, asked by every writer; a "no" names the field. */

/** Checks the fields given against their types. @throws DomainError 'invalid' */
export function checkFields(collection: Collection, fields: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(fields)) {
    const parsed = collection.schema.shape[field]?.safeParse(value);
    if (parsed && !parsed.success) throw invalid(field, parsed.error.issues[0]);
  }
}

/** Checks the document as it will stand: a live row that lacked a field would be stored by a replica and never found. */
export function checkWhole(collection: Collection, document: Readonly<Record<string, unknown>>): void {
  const parsed = collection.schema.safeParse(document);
  if (parsed.success) return;
  const issue = parsed.error.issues[0];
  throw invalid(String(issue?.path[0] ?? ''), issue && { ...issue, path: issue.path.slice(1) });
}

function invalid(field: string, issue: { path: PropertyKey[]; message: string } | undefined): DomainError {
  const inside = issue?.path.map(String).join('.') ?? '';
  return new DomainError('invalid', inside ? `${field}.${inside}` : field, issue?.message ?? null);
}

/** ER_DUP_ENTRY, and which field each unique key is about. */
const duplicate = 1062;
/** ER_NO_REFERENCED_ROW_2: what the document belongs to is gone. */
const noSuchRow = 1452;
const fieldsOfKeys: Record<string, string> = {
  username: 'username',
  email: 'email',
  name: 'name',
  instance: 'instanceName',
  one_each: 'ticket',
};

/** The refusal in what a unique or a foreign key says, or null where the error is none that a person can do something about. */
export function refusalIn(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error;
  if (errorNumber(error) === noSuchRow) {
    return new DomainError('not-found', /FOREIGN KEY \(`(\w+?)(?:_id)?`\)/.exec(textOf(error))?.[1] ?? null);
  }
  if (errorNumber(error) !== duplicate) return null;
  const key = /for key '(?:[^'.]*\.)?([^']+)'/.exec(textOf(error))?.[1] ?? '';
  const field = fieldsOfKeys[key];
  return field ? new DomainError('taken', field) : null;
}

function textOf(error: unknown): string {
  const { original, message } = error as { original?: unknown; message?: string };
  return original ? textOf(original) : (message ?? '');
}
