import {
  fillWithDefaultSettings,
  getQueryMatcher,
  getSortComparator,
  normalizeMangoQuery,
  type MangoQuery,
  type RxDocumentData,
  type RxJsonSchema,
} from 'rxdb/plugins/core';
import { shallowRef } from 'vue';
import { collectionOf, type CollectionName, type Documents } from '#shared/collections.ts';
import { rxSchemaOf } from '#sync/client/rx-schema.ts';
import type { FirstPages } from '#sync/client/requests.ts';
import type { FirstPage } from '#sync/protocol.ts';
import { api } from '../api.ts';
import type { Me } from '../session/session.ts';

/*
 * On a new device, the first page of a list is requested before the databases are open. It is shown until the replica has
 * stored it, which takes several times as long as the request.
 */

/** What the list of tickets shows, and how many documents of it. The others come with the first pull. */
const needed: { name: CollectionName; limit: number }[] = [
  { name: 'tickets', limit: 60 },
  { name: 'people', limit: 500 },
];

const pages = shallowRef<ReadonlyMap<string, FirstPage>>(new Map());
/** The requests whose answers may be shown. An answer to the person before them must not be. */
let wanted: FirstPages | null = null;

/** Requests the pages that the person sees first. The replica stores them, so nothing is requested twice. */
export function requestFirstPages({ id, epoch }: Me): FirstPages {
  const requested: FirstPages = new Map();
  wanted = requested;
  for (const { name, limit } of needed) {
    const { version: schema } = collectionOf(name);
    const answer = api.sync.first.query({ collection: name, person: id, epoch, schema, cursor: null, limit });
    requested.set(name, answer);
    answer.then(
      (page) => {
        if (wanted === requested && 'documents' in page) pages.value = new Map(pages.value).set(name, page);
      },
      () => undefined, // the replica gets the same answer, and reports it
    );
  }
  return requested;
}

/** Nothing waits longer than this for the first pages. On a fast network they take a tenth of it. */
const longestWaitMs = 500;

/** Resolves when the pages are on the screen. Also if their requests have failed, take long, or nobody looks. */
export function firstPagesShown(requested: FirstPages): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, longestWaitMs);
    void Promise.allSettled(requested.values()).then(() => requestAnimationFrame(() => setTimeout(resolve)));
  });
}

/** Forgets the pages, because the replica has stored everything, or belongs to somebody else now. */
export function forgetFirstPages(): void {
  wanted = null;
  pages.value = new Map();
}

export const firstPageOf = (name: CollectionName): FirstPage | undefined => pages.value.get(name);

/**
 * The result of a query over the first page of its collection.
 *
 * @returns undefined without a page; also if it is only a part of the collection, and the query does not begin with the
 *   newest documents, which come first
 */
export function queryFirstPage<N extends CollectionName>(
  name: N,
  query: { selector: object; sort?: object[]; limit?: number },
): Documents[N][] | undefined {
  const page = pages.value.get(name);
  if (!page || (page.next && !query.sort?.some((part) => 'recent' in part))) return undefined;
  const schema = fillWithDefaultSettings(
    rxSchemaOf(collectionOf(name)) as RxJsonSchema<RxDocumentData<object>>,
  );
  const normalized = normalizeMangoQuery(schema, query as MangoQuery<RxDocumentData<object>>);
  const documents = page.documents as unknown as RxDocumentData<object>[];
  const found = documents
    .filter(getQueryMatcher(schema, normalized))
    .sort(getSortComparator(schema, normalized))
    .slice(0, query.limit);
  return found as unknown as Documents[N][]; // as the replica stores them
}
