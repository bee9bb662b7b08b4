import { useDebounceFn } from '@vueuse/core';
import { shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { keyOf, useDocumentNames, type NamedDocument } from '../../links/use-document-names.ts';
import { theReplica } from '../../replica/replica.ts';
import { excerptOf, type Part } from '../../search/excerpt.ts';
import { isSearchReady, search } from '../../search/search.ts';
import type { Hit } from '../../search/search-index.ts';
import type { Searched } from '../../search/searchable.ts';

/** A found document as the palette shows it. */
export type FoundRow = NamedDocument & { key: string; kind: Searched; excerpt: Part[] };

const mostRows = 20;

/** Searches while the person types. `rows` is null while nothing was searched. */
export function useHits(text: Ref<string>): ShallowRef<FoundRow[] | null> {
  const namesOf = useDocumentNames();
  const rows = shallowRef<FoundRow[] | null>(null);

  async function bodiesOf(hits: readonly Hit[]): Promise<Map<string, string>> {
    const ids = hits.flatMap(({ collection, id }) => (collection === 'messages' ? [id] : []));
    if (ids.length === 0) return new Map();
    const found = await theReplica().collection('messages').findByIds(ids).exec();
    return new Map([...found].map(([id, { body }]) => [id, body]));
  }

  async function rowsOf(hits: readonly Hit[]): Promise<FoundRow[]> {
    const [names, bodies] = await Promise.all([namesOf(hits), bodiesOf(hits)]);
    // One row for each page: a ticket is found by its subject and by its messages.
    const shown = new Map<string, FoundRow>();
    for (const hit of hits) {
      const named = names.get(keyOf(hit));
      if (!named) continue;
      const body = bodies.get(hit.id);
      const excerpt = body === undefined ? [] : excerptOf(body, hit.terms);
      const place = hit.collection === 'files' ? keyOf(hit) : named.to;
      const known = shown.get(place);
      if (!known) shown.set(place, { ...named, key: keyOf(hit), kind: hit.collection, excerpt });
      else if (known.excerpt.length === 0) known.excerpt = excerpt;
    }
    return [...shown.values()].slice(0, mostRows);
  }

  let latest = 0;
  const find = async () => {
    const number = (latest += 1);
    const wanted = text.value;
    const found = wanted.trim() === '' ? null : await rowsOf(await search(wanted));
    if (number === latest) rows.value = found;
  };
  // One search for keys that are typed quickly.
  const findSoon = useDebounceFn(find, 30);
  watch([text, isSearchReady], findSoon, { immediate: true });
  return rows;
}
