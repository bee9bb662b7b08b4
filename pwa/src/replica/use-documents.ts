import type { MangoQuery } from 'rxdb/plugins/core';
import type { Subscription } from 'rxjs';
import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { CollectionName, Documents } from '#shared/collections.ts';
import { firstPageOf, queryFirstPage } from './first-pages.ts';
import { loaded, replica } from './replica.ts';

/** A query over fields of the collection. RxDB's own type requires each sort part to name every field. */
type Query<N extends CollectionName> = {
  /** `unsent: 1` selects unsent documents. */
  selector: { [Field in keyof Documents[N] | 'unsent']?: unknown };
  sort?: { [Field in keyof Documents[N]]?: 'asc' }[];
  limit?: number;
};

/**
 * The documents of a query as a live ref. They follow the replica, with or without network.
 *
 * @param query null runs no query; it may depend on refs
 * @returns undefined until the first result arrives
 */
export function useDocuments<N extends CollectionName>(
  name: N,
  query: () => Query<N> | null,
): ShallowRef<Documents[N][] | undefined> {
  const documents = shallowRef<Documents[N][] | undefined>();
  let subscription: Subscription | undefined;
  watch(
    // Getters of plain values: with a shallow ref among its sources, Vue runs a watcher on any trigger.
    [() => replica.value, () => JSON.stringify(query()), () => !replica.value && firstPageOf(name)],
    ([opened]) => {
      const current = query();
      subscription?.unsubscribe();
      const early = current ? queryFirstPage(name, current) : undefined;
      if (!opened || !current || !opened.has(name)) {
        documents.value = current && opened ? [] : early;
        return;
      }
      subscription = opened
        .collection(name)
        .find(current as MangoQuery<Documents[N]>)
        .$.subscribe((found) => {
          // The replica has not stored the first page yet.
          if (found.length === 0 && early && !loaded.value) return;
          documents.value = found.map((each) => each.toJSON() as Documents[N]);
        });
    },
    { immediate: true },
  );
  onScopeDispose(() => subscription?.unsubscribe());
  return documents;
}

/** One document by its id, as a live ref. Null: not on this device. Undefined: still loading. */
export function useDocument<N extends CollectionName>(
  name: N,
  id: () => string | null,
): ShallowRef<Documents[N] | null | undefined> {
  const document = shallowRef<Documents[N] | null | undefined>();
  let subscription: Subscription | undefined;
  watch(
    [() => replica.value, id],
    ([opened, current]) => {
      subscription?.unsubscribe();
      document.value = undefined;
      if (!opened || current === null || !opened.has(name)) {
        document.value = opened ? null : undefined;
        return;
      }
      subscription = opened
        .collection(name)
        .findOne(current)
        .$.subscribe((found) => {
          document.value = found ? (found.toJSON() as Documents[N]) : null;
        });
    },
    { immediate: true },
  );
  onScopeDispose(() => subscription?.unsubscribe());
  return document;
}
