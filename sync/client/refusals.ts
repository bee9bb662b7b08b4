import type { RxCollection, RxJsonSchema } from 'rxdb/plugins/core';
import type { Fields } from '#shared/engine/collection.ts';

/** A write that the server refused, or accepted but wants reviewed. The device keeps it with the reason until its author has dealt with it. */
export type KeptRefusal = {
  id: string;
  /** It is not called `collection`, because every RxDB document has a property of that name. */
  collectionName: string;
  document: string;
  /** Groups writes that were refused together: a ticket and its messages have the ticket's id here. */
  group: string;
  /** The server's code, or a code of the product for an accepted write that needs a review. */
  code: string;
  field: string | null;
  detail: string | null;
  /** The document as its author wrote it. */
  mine: Fields;
  /** The document as its author saw it before; null if it was new. */
  base: Fields | null;
  at: number;
};

export const refusalsSchema: RxJsonSchema<KeptRefusal> = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 80 },
    collectionName: { type: 'string' },
    document: { type: 'string', maxLength: 36 },
    group: { type: 'string' },
    code: { type: 'string' },
    field: { type: ['string', 'null'] },
    detail: { type: ['string', 'null'] },
    mine: { type: 'object', additionalProperties: true },
    base: { type: ['object', 'null'], additionalProperties: true },
    at: { type: 'number' },
  },
  required: ['id', 'document'],
  indexes: ['document'],
};

/**
 * Stores a refused write. This must happen before the server's row replaces the local document. A document that was
 * refused because its parent was refused is grouped with the parent.
 *
 * @param parents the fields that hold the id of the document's parent
 */
export async function keepRefusal(
  refusals: RxCollection<KeptRefusal>,
  { parents, ...refusal }: Omit<KeptRefusal, 'id' | 'group'> & { parents: readonly string[] },
): Promise<void> {
  const { field, mine } = refusal;
  const parent = field !== null && parents.includes(field) ? mine[field] : null;
  const parentRefused =
    typeof parent === 'string' &&
    (await refusals.findOne({ selector: { document: parent } }).exec()) !== null;
  const codeAndGroup =
    parentRefused && refusal.code === 'not-found'
      ? { code: 'parent-refused' as const, group: parent }
      : { group: refusal.document };
  await refusals.upsert({ ...refusal, ...codeAndGroup, id: idOf(refusal) });
}

/** Stores writes that the server does not have any more, because it was restored from a backup. */
export async function keepRestored(
  refusals: RxCollection<KeptRefusal>,
  writes: readonly Pick<KeptRefusal, 'collectionName' | 'document' | 'group' | 'mine' | 'base' | 'at'>[],
): Promise<void> {
  const reason = { code: 'restored', field: null, detail: null };
  await refusals.bulkUpsert(writes.map((write) => ({ ...write, ...reason, id: idOf(write) })));
}

const idOf = ({ document, mine, at }: Pick<KeptRefusal, 'document' | 'mine' | 'at'>) =>
  `${document}:${Number(mine['writtenAt'] ?? at)}`;
