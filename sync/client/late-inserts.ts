import type { EventBulk, RxStorage, RxStorageChangeEvent, RxStorageInstance } from 'rxdb/plugins/core';
import { map } from 'rxjs';

/*
 * Tabs share one IndexedDB, and tell each other of changes by messages. So a query may already have read a document that
 * another tab has inserted, when the event of that insert arrives. RxDB calculates the new result from the event, and takes
 * an inserted document for one that was not in the result: if it is the first of the result, it is there twice from then on.
 * An update is calculated correctly whether or not the document was in the result.
 */

type Event = RxStorageChangeEvent<unknown>;
type Instance = RxStorageInstance<unknown, unknown, unknown>;

/** The storage, with events of inserts that may be late. */
export function withLateInserts(storage: RxStorage<unknown, unknown>): RxStorage<unknown, unknown> {
  return {
    ...storage,
    async createStorageInstance(params) {
      const instance = await storage.createStorageInstance(params);
      const changes = instance.changeStream.bind(instance) as Instance['changeStream'];
      const changed: Instance['changeStream'] = () =>
        changes().pipe(
          map((bulk): EventBulk<Event, unknown> => ({ ...bulk, events: bulk.events.map(asUpdate) })),
        );
      return Object.assign(instance, { changeStream: changed }) as typeof instance;
    },
  };
}

function asUpdate(event: Event): Event {
  if (event.operation !== 'INSERT') return event;
  return { ...event, operation: 'UPDATE', previousDocumentData: event.documentData };
}
