import { collectionNames, type CollectionName, type Fields } from '#shared/collections.ts';
import { same, type Seen, type Truth } from './truth.ts';
import type { Dump } from './wire.ts';
import { collectionsOf, view } from '#shared/rights.ts';

/** What a replica keeps of its own beside a document's fields. */
const localOnly = new Set(['unsent', 'base', 'created', '_rev', '_meta', '_deleted', '_attachments']);

/** Every document that a device has and may not, has not and may, or has otherwise than the server. */
export function divergences(truth: Truth, { dumps, devices }: Seen): string[] {
  return dumps.flatMap((dump, i) =>
    collectionNames
      .filter((name) => collectionsOf(dump.me.role).includes(name))
      .flatMap((name) =>
        differences(truth, dump, name).map((what) => `${devices[i] ?? ''} (${dump.me.role}) ${what}`),
      ),
  );
}

function differences({ documents }: Truth, { me, documents: held }: Dump, name: CollectionName): string[] {
  const here = new Map((held[name] ?? []).map((document) => [document.id, document]));
  const server = [...(documents.get(name)?.values() ?? [])].flatMap((row) => view(me, name, row) ?? []);
  const expected = new Set(server.map(({ id }) => id));
  return [
    ...server.flatMap((document) => {
      const mine = here.get(document.id);
      if (!mine) return [`${name} ${document.id} is missing (seq ${String(document['seq'])})`];
      const fields = differing(document, mine);
      return fields.length > 0 ? [`${name} ${document.id} is stale: ${fields.join(', ')}`] : [];
    }),
    ...[...here.keys()].filter((id) => !expected.has(id)).map((id) => `${name} ${id} is too much`),
  ];
}

function differing(server: Fields, mine: Fields): string[] {
  const fields = new Set(
    [...Object.keys(server), ...Object.keys(mine)].filter((field) => !localOnly.has(field)),
  );
  return [...fields]
    .filter(
      (field) =>
        Object.hasOwn(server, field) !== Object.hasOwn(mine, field) || !same(server[field], mine[field]),
    )
    .map((field) => `${field} ${JSON.stringify(mine[field])} for ${JSON.stringify(server[field])}`);
}
