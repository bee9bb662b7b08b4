import MiniSearch, { type Options } from 'minisearch';
import type { Fields } from '#shared/collections.ts';
import { fold } from './fold.ts';
import { searchableOf, versionOf, type Searchable, type Searched } from './searchable.ts';

/** One found document. `terms`: the indexed words that were found in it. */
export type Hit = { collection: Searched; id: string; within: string | null; terms: string[] };

const options: Options<Searchable> = {
  idField: 'key',
  fields: ['title', 'text'],
  storeFields: ['at', 'within'],
  // Also splits addresses and file names, whose parts people search for.
  tokenize: (text) => text.split(/[^\p{L}\p{N}]+/u),
  processTerm: (term) => fold(term) || null,
};
/** A year makes a document half as important. */
const halfLifeMs = 365 * 86_400_000;

/** The search index of a replica, with the state of each document in it. */
export type SearchIndex = {
  /** Puts documents into the index, replaces them, or removes those that are deleted. @returns true if something changed */
  put: (collection: Searched, documents: readonly (Fields & { _deleted?: boolean })[]) => boolean;
  /** Removes the documents of a collection that are not among these ids. @returns true if something changed */
  keepOnly: (collection: Searched, ids: ReadonlySet<string>) => boolean;
  search: (text: string, most: number, now: number) => Hit[];
  size: () => number;
  /** The index as text, for `openIndex`. */
  save: () => string;
};

/** Creates an index, or opens a saved one. @param saved from `save`; it is ignored if it cannot be read */
export function openIndex(saved?: string): SearchIndex {
  const { mini, versions, names } = load(saved);
  const nameOf = (id: string) => names.get(id) ?? '';
  const remove = (key: string) => {
    versions.delete(key);
    mini.discard(key);
  };

  return {
    put(collection, documents) {
      let changed = false;
      for (const document of documents) {
        const key = `${collection} ${document.id}`;
        const version = document._deleted ? undefined : versionOf(document);
        if (versions.get(key) === version) continue;
        if (versions.has(key)) remove(key);
        changed = true;
        if (version === undefined) continue;
        const entry = searchableOf(collection, document, nameOf);
        if (collection === 'people' || collection === 'services') names.set(document.id, entry?.title ?? '');
        if (!entry) continue;
        mini.add(entry);
        versions.set(key, version);
      }
      return changed;
    },
    keepOnly(collection, ids) {
      const gone = [...versions.keys()].filter(
        (key) => key.startsWith(`${collection} `) && !ids.has(key.slice(collection.length + 1)),
      );
      gone.forEach(remove);
      return gone.length > 0;
    },
    search(text, most, now) {
      const found = mini.search(text, {
        prefix: true,
        combineWith: 'AND',
        boost: { title: 3 },
        boostDocument: (_key, _term, stored) =>
          0.5 ** ((now - Number(stored?.['at'] ?? 0)) / halfLifeMs) + 0.5,
      });
      return found.slice(0, most).map(({ id, within, terms }) => {
        const [collection = '', document = ''] = String(id).split(' ');
        return { collection: collection as Searched, id: document, within: within as string | null, terms }; // as put above
      });
    },
    size: () => mini.documentCount,
    save: () => JSON.stringify({ mini, versions: [...versions], names: [...names] }),
  };
}

type Saved = { mini: object; versions: [string, string][]; names: [string, string][] };

function load(saved: string | undefined) {
  if (saved !== undefined) {
    try {
      const { mini, versions, names } = JSON.parse(saved) as Saved; // written by save
      return {
        mini: MiniSearch.loadJS<Searchable>(mini as never, options),
        versions: new Map(versions),
        names: new Map(names),
      };
    } catch {
      // Of another version of the library, or cut off. It is made again.
    }
  }
  return {
    mini: new MiniSearch<Searchable>(options),
    versions: new Map<string, string>(),
    names: new Map<string, string>(),
  };
}
