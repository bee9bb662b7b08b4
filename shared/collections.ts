import { announcements } from './announcements/schema.ts';
import type { Collection, DocumentOf, Fields } from './engine/collection.ts';
import { files } from './files/schema.ts';
import { payments } from './invoices/payment-schema.ts';
import { invoices } from './invoices/schema.ts';
import { orders } from './orders/schema.ts';
import { people } from './people/schema.ts';
import { services } from './services/schema.ts';
import { cannedReplies } from './tickets/canned-reply-schema.ts';
import { messages } from './tickets/message-schema.ts';
import { readReceipts } from './tickets/read-receipt-schema.ts';
import { tickets } from './tickets/schema.ts';

export type { Collection, Fields };

/**
 * Every replicated collection, in the order in which a replica pushes them. Parents come first, so that a message never
 * arrives before its ticket.
 */
export const collections = {
  people,
  services,
  orders,
  tickets,
  files,
  messages,
  invoices,
  payments,
  readReceipts,
  cannedReplies,
  announcements,
};

export type CollectionName = keyof typeof collections;
/** The document type of each collection, by its name. */
export type Documents = { [N in CollectionName]: DocumentOf<(typeof collections)[N]> };
export type AnyDocument = Documents[CollectionName];

export const collectionNames = Object.keys(collections) as CollectionName[]; // keys of a literal: exactly these names

export function collectionOf(name: CollectionName): Collection {
  return collections[name];
}

export function isCollectionName(name: string): name is CollectionName {
  return Object.hasOwn(collections, name);
}
