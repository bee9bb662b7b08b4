import type { MangoQuery } from 'rxdb/plugins/core';
import type { Subscription } from 'rxjs';
import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { CollectionName, Documents } from '#shared/collections.ts';
import { replica } from './replica.ts';

/** A query over fields of the collection; RxDB's own type wants each sort part to name every field. */
type Query<N extends CollectionName> = {
  /** `unsent: 1`: those that wait to be sent. */
  selector: { [Field in keyof Documents[N] | 'unsent']?: unknown };
  sort?: { [Field in keyof Documents[N]]?: 'asc' }[];
  limit?: number;
};

/**
 * The documents of a query, live: they change as the replica does, with or without network.
 *
 * @param query null = nothing wanted; it may depend on refs
 * @returns undefined while the first answer is not there
 */
export function useDocuments<N extends CollectionName>(
  name: N,
  query: () => Query<N> | null,
): ShallowRef<Documents[N][] | undefined> {
  const documents = shallowRef<Documents[N][] | undefined>();
  let subscription: Subscription | undefined;
  watch(
    // Getters of plain values: Vue runs a watcher with a shallow ref among its sources whenever any is triggered.
    [() => replica.value, () => JSON.stringify(query())],
    ([opened]) => {
      const wanted = query();
      subscription?.unsubscribe();
      if (!opened || !wanted || !opened.has(name)) {
        documents.value = wanted && opened ? [] : undefined;
        return;
      }
      subscription = opened
        .collection(name)
        .find(wanted as MangoQuery<Documents[N]>)
        .$.subscribe((found) => {
          documents.value = found.map((each) => each.toJSON() as Documents[N]);
        });
    },
    { immediate: true },
  );
  onScopeDispose(() => subscription?.unsubscribe());
  return documents;
}

/** One document by its id; null = not on this device. */
export function useDocument<N extends CollectionName>(
  name: N,
  id: () => string | null,
): ShallowRef<Documents[N] | null | undefined> {
  const document = shallowRef<Documents[N] | null | undefined>();
  let subscription: Subscription | undefined;
  watch(
    [() => replica.value, id],
    ([opened, wanted]) => {
      subscription?.unsubscribe();
      document.value = undefined;
      if (!opened || wanted === null || !opened.has(name)) {
        document.value = opened ? null : undefined;
        return;
      }
      subscription = opened
        .collection(name)
        .findOne(wanted)
        .$.subscribe((found) => {
          document.value = found ? (found.toJSON() as Documents[N]) : null;
        });
    },
    { immediate: true },
  );
  onScopeDispose(() => subscription?.unsubscribe());
  return document;
}
