import type { Fields } from '#shared/collections.ts';
import type { Hit } from './search-index.ts';
import type { Searched } from './searchable.ts';

/** What the page and the search worker tell each other. */
export type ToWorker =
  | { type: 'open'; database: string }
  | { type: 'changed'; collection: Searched; documents: Fields[] }
  | { type: 'search'; number: number; text: string };
export type FromWorker =
  /** `isWhole`: compared with the replica. Before that it is as it was when the app was last used. */
  | { type: 'ready'; size: number; isWhole: boolean }
  | { type: 'found'; number: number; hits: Hit[] }
  | { type: 'failed'; message: string };
