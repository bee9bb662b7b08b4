import type { RxCollection, RxJsonSchema } from 'rxdb/plugins/core';
import type { Fields } from '#shared/engine/collection.ts';

/** A write that the server did not accept, kept on the device with its reason until its author is done with it. */
export type KeptRefusal = {
  id: string;
  /** Not `collection`: that is a property of every RxDB document. */
  collectionName: string;
  document: string;
  /** What was refused together: a ticket and its messages have the ticket's id here. */
  group: string;
  /** The server's code, or one of the product's for a write that was accepted and needs a look. */
  code: string;
  field: string | null;
  detail: string | null;
  /** The document as its author wrote it, and as they had seen it before (null: it was new). */
  mine: Fields;
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
 * Keeps a refused write. `parents`: fields by which its document names the one it belongs to. It must be stored before RxDB takes the server's row over the local one. What was refused
 * because its parent was is kept with the parent.
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
  const grouped =
    parentRefused && refusal.code === 'not-found'
      ? { code: 'parent-refused' as const, group: parent }
      : { group: refusal.document };
  await refusals.upsert({
    ...refusal,
    ...grouped,
    id: `${refusal.document}:${Number(mine['writtenAt'] ?? refusal.at)}`,
  });
}
