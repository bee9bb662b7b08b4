import { collectionNames, type CollectionName, type Fields } from '#shared/collections.ts';
import { same, type RunResult, type Truth } from './truth.ts';
import type { Dump } from './wire.ts';
import { collectionsOf, view } from '#shared/rights.ts';

/** Fields that exist only in a replica. */
const localOnly = new Set([
  'unsent',
  'base',
  'created',
  'touched',
  '_rev',
  '_meta',
  '_deleted',
  '_attachments',
]);

/**
 * Every document that a device holds but may not see, lacks but may see, or holds with other values than the
 * server.
 */
export function divergences(truth: Truth, { dumps, devices }: RunResult): string[] {
  return dumps.flatMap((dump, i) =>
    collectionNames
      .filter((name) => collectionsOf(dump.me.role).includes(name))
      .flatMap((name) =>
        differences(truth, dump, name).map((what) => `${devices[i] ?? ''} (${dump.me.role}) ${what}`),
      ),
  );
}

function differences(truth: Truth, { me, documents }: Dump, name: CollectionName): string[] {
  const held = new Map((documents[name] ?? []).map((document) => [document.id, document]));
  const server = [...(truth.documents.get(name)?.values() ?? [])].flatMap((row) => view(me, name, row) ?? []);
  const expected = new Set(server.map(({ id }) => id));
  return [
    ...server.flatMap((document) => {
      const local = held.get(document.id);
      if (!local) return [`${name} ${document.id} is missing (seq ${String(document['seq'])})`];
      const fields = differing(document, local);
      return fields.length > 0 ? [`${name} ${document.id} is stale: ${fields.join(', ')}`] : [];
    }),
    ...[...held.keys()].filter((id) => !expected.has(id)).map((id) => `${name} ${id} is too much`),
  ];
}

function differing(server: Fields, local: Fields): string[] {
  const fields = new Set(
    [...Object.keys(server), ...Object.keys(local)].filter((field) => !localOnly.has(field)),
  );
  return [...fields]
    .filter(
      (field) =>
        Object.hasOwn(server, field) !== Object.hasOwn(local, field) || !same(server[field], local[field]),
    )
    .map((field) => `${field} ${JSON.stringify(local[field])} for ${JSON.stringify(server[field])}`);
}
