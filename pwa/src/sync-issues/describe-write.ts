import type { CollectionName, Documents, Fields } from '#shared/collections.ts';

/** The text fields by which an author recognizes a document, best first. */
const textFields = [
  'subject',
  'body',
  'title',
  'closingComment',
  'reference',
  'instanceName',
  'name',
  'fileName',
];

/** The text by which the author recognizes a new document, or an empty string. */
export function wordsOf(document: Fields): string {
  const text = textFields
    .map((field) => document[field])
    .find((value) => typeof value === 'string' && value !== '');
  return typeof text === 'string' ? text : '';
}

/** Fields set by the server or the replica, never by a person. */
const technical = ['id', 'createdAt', 'updatedAt', 'writtenAt', 'seq', 'recent', 'lastActivityAt'];

/** The fields of a document that its author changed. */
export function changedFields(mine: Fields, base: Fields): string[] {
  return Object.keys(mine).filter(
    (field) =>
      !technical.includes(field) &&
      JSON.stringify(mine[field] ?? null) !== JSON.stringify(base[field] ?? null),
  );
}

/** A kept write as a document of its collection. It came from a form or a document of this app. */
export function documentIn<N extends CollectionName>(_: N, written: Fields): Documents[N] {
  return written as unknown as Documents[N];
}
