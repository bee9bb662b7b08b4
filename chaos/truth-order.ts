import type { CollectionName } from '#shared/collections.ts';
import type { RunResult, Truth } from './truth.ts';
import { view } from '#shared/rights.ts';

const parents: Readonly<Record<string, CollectionName>> = {
  message: 'messages',
  ticket: 'tickets',
  invoice: 'invoices',
  order: 'orders',
};

/**
 * Finds writes that were refused because they were sent in the wrong order: the missing document was written
 * earlier on the same device and was accepted. Parents that were handed over meanwhile are left out, because
 * the refusal may be right.
 */
export function outOfOrder({ documents, audit }: Truth, { dumps, devices }: RunResult): string[] {
  const createdBy = new Map(
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
      if (!parent || handedOver.has(parent.id) || createdBy.get(parent.id) !== devices[i]) return [];
      if (!view(me, collection, parent)) return [];
      return [
        `${devices[i] ?? ''} ${collectionName} ${document} was refused: sent before its ${field ?? ''}, which was accepted`,
      ];
    }),
  );
}
