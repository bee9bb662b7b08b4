import type { Fields } from '#shared/collections.ts';

/** Of a document's texts, those by which its author knows it again, the best first. */
const typed = ['subject', 'body', 'title', 'closingComment', 'reference', 'instanceName', 'name', 'fileName'];

/** The words by which its author knows a new document again. */
export function wordsOf(document: Fields): string {
  const said = typed
    .map((field) => document[field])
    .find((value) => typeof value === 'string' && value !== '');
  return typeof said === 'string' ? said : '';
}

/** Set by the server or the replica: nothing that somebody wrote. */
const technical = ['id', 'createdAt', 'updatedAt', 'writtenAt', 'seq', 'recent', 'lastActivityAt'];

/** The fields that its author changed in a document. */
export function changedFields(mine: Fields, base: Fields): string[] {
  return Object.keys(mine).filter(
    (field) =>
      !technical.includes(field) &&
      JSON.stringify(mine[field] ?? null) !== JSON.stringify(base[field] ?? null),
  );
}
