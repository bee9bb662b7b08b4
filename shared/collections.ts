import type * as z from 'zod/mini';
import { announcements, type Announcement } from './announcements/schema.ts';
import { invoices, type Invoice } from './invoices/schema.ts';
import { readReceipts, type ReadReceipt } from './tickets/read-receipt-schema.ts';
import { messages, type Message } from './tickets/message-schema.ts';
import { orders, type Order } from './orders/schema.ts';
import { files, type FileDocument } from './files/schema.ts';
import { payments, type Payment } from './invoices/payment-schema.ts';
import { people, type Person } from './people/schema.ts';
import { cannedReplies, type CannedReply } from './tickets/canned-reply-schema.ts';
import { services, type Service } from './services/schema.ts';
import { tickets, type Ticket } from './tickets/schema.ts';

/**
 * Every replicated collection, in the order a replica pushes them: parents first, so that a message never arrives
 * before its ticket. The zod object of a document is its one source: types, forms, wire, replica schema.
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

export type Documents = {
  people: Person;
  services: Service;
  orders: Order;
  tickets: Ticket;
  files: FileDocument;
  messages: Message;
  invoices: Invoice;
  payments: Payment;
  readReceipts: ReadReceipt;
  cannedReplies: CannedReply;
  announcements: Announcement;
};
export type CollectionName = keyof Documents;
export type AnyDocument = Documents[CollectionName];

/** A document whose collection is known only at run time. */
export type Fields = Record<string, unknown> & { id: string };

/** How both sides' changes of one field meet: a refusal (default), the latest wins, the larger; or ('end') whoever
 * cancels is right whatever it became meanwhile, and anything else is refused. */
export type ConflictRule = 'refuse' | 'latest' | 'max' | 'end';

/** What one collection is, in the form the generic code (write path, replica) reads. */
export type Collection = {
  name: CollectionName;
  /** Version of the replica's schema; a higher one migrates what is stored on devices. */
  version: number;
  schema: z.ZodMiniObject<Record<string, z.ZodMiniType>>;
  indexes: readonly (readonly string[])[];
  /** Fields that the server sets whatever a replica sent: there they are only a guess to show meanwhile. */
  derived: readonly string[];
  /** What a new document has where its writer may not, or need not, say anything. */
  defaults: Record<string, unknown>;
  merge: Record<string, ConflictRule>;
  insertOnly: boolean;
  /** What a new device gets before the rest: the documents with one of these values. */
  foremost?: Readonly<Record<string, readonly string[]>>;
};

export const collectionNames = Object.keys(collections) as CollectionName[]; // keys of a literal: exactly these names

export function collectionOf(name: CollectionName): Collection {
  return collections[name];
}

/** Set by the server on every document; `writtenAt` is the writer's own, corrected by the server. */
export const serverTimes = ['createdAt', 'updatedAt', 'seq'];

export function isCollectionName(name: string): name is CollectionName {
  return Object.hasOwn(collections, name);
}
