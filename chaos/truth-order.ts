import type { CollectionName } from '#shared/collections.ts';
import type { Seen, Truth } from './truth.ts';
import { view } from '#shared/rights.ts';

const parents: Readonly<Record<string, CollectionName>> = {
  message: 'messages',
  ticket: 'tickets',
  invoice: 'invoices',
  order: 'orders',
};

/**
 * Writes that were refused for want of a document which the same device had written before them, and which was
 * accepted: they went out in the wrong order. A parent that changed hands meanwhile may be a just reason.
 */
export function outOfOrder({ documents, audit }: Truth, { dumps, devices }: Seen): string[] {
  const madeBy = new Map(
    audit.filter(({ action }) => action === 'create').map(({ document, device }) => [document, device]),
  );
  const handedOver = new Set(
    audit
      .filter(({ changes, action }) => action === 'update' && changes['queue'])
      .map(({ document }) => document),
  );
  return dumps.flatMap(({ me, refusals }, i) =>
    refusals.flatMap(({ code, field, mine, collectionName, document }) => {
      const collection = parents[field ?? ''];
      if (!collection || (code !== 'not-found' && code !== 'parent-refused')) return [];
      const parent = documents.get(collection)?.get(String(mine[field ?? '']));
      if (!parent || handedOver.has(parent.id) || madeBy.get(parent.id) !== devices[i]) return [];
      if (!view(me, collection, parent)) return [];
      return [
        `${devices[i] ?? ''} ${collectionName} ${document} was refused: sent before its ${field ?? ''}, which was accepted`,
      ];
    }),
  );
}
