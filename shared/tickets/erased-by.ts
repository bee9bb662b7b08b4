import type { Fields } from '../engine/collection.ts';

/**
 * What a device must forget of its author's earlier writes because of a document that it got: the text and the files of a
 * redacted message. Null: nothing.
 */
export function erasedBy(
  collection: string,
  document: Fields,
): ((write: { mine: Fields }) => boolean) | null {
  if (collection !== 'messages' || document['redacted'] !== true) return null;
  return ({ mine }) => mine.id === document.id || mine['message'] === document.id;
}
