import { type CollectionName, type Fields, collectionOf } from '#shared/collections.ts';
import type { Actor } from '#shared/people/actor.ts';
import { acceptedTerms } from './test-server.ts';

/** Builds a new document for the actor, and tells whether the actor may create it. */
export type CreateLike = (actor: Actor, newId: () => string) => [next: Fields, may: boolean];

/**
 * For each collection, builds a new document similar to an existing one, and tells whether the actor may
 * create it.
 */
export const creators: Partial<Record<CollectionName, (like: Fields) => CreateLike>> = {
  services: (like) => (actor, newId) => [
    { ...writtenFields(like, 'services'), id: newId(), slug: `s ${newId()}` },
    actor.role === 'admin',
  ],
  orders: (like) => (actor, newId) => [
    {
      ...pick(like, ['service', 'client', 'options', 'billingPeriod', 'comments']),
      id: newId(),
      instanceName: newId(),
      status: 'setting up',
      prices: [{ from: '2026-01-01', amount: 500 }],
      ...(like['client'] === actor.id ? { terms: acceptedTerms } : {}),
    },
    actor.role === 'admin' || like['client'] === actor.id,
  ],
  tickets: (like) => (actor, newId) => [
    { ...pick(like, ['client', 'order', 'queue', 'subject']), id: newId(), status: 'open' },
    like['client'] === actor.id || worksIn(actor, like['queue']),
  ],
  messages: (like) => (actor, newId) => [
    { ...pick(like, ['ticket', 'kind', 'body']), id: newId() },
    (like['client'] === actor.id && like['kind'] === 'answer') || worksIn(actor, like['queue']),
  ],
  files: (like) => (actor, newId) => [
    {
      ...pick(like, ['kind', 'ticket', 'message', 'invoice', 'mediaType', 'fileName', 'size', 'sha256']),
      id: newId(),
      state: 'expected',
    },
    like['client'] === actor.id || (like['kind'] === 'attachment' && worksIn(actor, like['queue'])),
  ],
  invoices: (like) => (actor, newId) => [
    { ...pick(like, ['client', 'lines']), id: newId(), status: 'draft' },
    actor.role === 'admin' || actor.role === 'accountant',
  ],
  payments: (like) => (actor, newId) => [
    { ...pick(like, ['invoice', 'day', 'amount', 'method', 'reference']), id: newId(), source: 'hand' },
    actor.role === 'admin' || actor.role === 'accountant',
  ],
  cannedReplies: (like) => (actor, newId) => [
    { ...pick(like, ['title', 'body', 'queue']), id: newId() },
    worksIn(actor, like['queue']),
  ],
  announcements: (like) => (actor, newId) => [
    { ...pick(like, ['audience', 'title', 'body']), id: newId() },
    actor.role === 'admin' && like['audience'] !== 'client',
  ],
};

const queuesOf: Record<string, string[]> = {
  client: [],
  helpdesk: ['technical'],
  accountant: ['billing'],
  admin: ['technical', 'billing'],
};
const worksIn = ({ role }: Actor, queue: unknown) => queuesOf[role]?.includes(String(queue)) ?? false;
export const pick = (from: Fields, fields: string[]) =>
  Object.fromEntries(fields.map((field) => [field, from[field]]));
const writtenFields = (like: Fields, name: CollectionName) =>
  pick(
    like,
    Object.keys(collectionOf(name).schema.shape).filter(
      (field) => !/^(?:createdAt|updatedAt|writtenAt|seq|id)$/.test(field),
    ),
  );
