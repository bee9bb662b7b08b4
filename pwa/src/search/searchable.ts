import type { CollectionName, Documents, Fields } from '#shared/collections.ts';

/** A document as the index holds it. */
export type Searchable = {
  /** The collection and id of the document: "messages 0198…". */
  key: string;
  /** What a person would call it by: it weighs most. */
  title: string;
  text: string;
  /** Later documents come first among equals. Milliseconds since 1970. */
  at: number;
  /** The ticket or invoice in which it is shown; null: it has a page of its own. */
  within: string | null;
};

/** The collections that are searched, those first whose names others need. */
export const searchedCollections = [
  'people',
  'services',
  'tickets',
  'orders',
  'invoices',
  'messages',
  'files',
] as const satisfies readonly CollectionName[];
export type Searched = (typeof searchedCollections)[number];

type Entry = Omit<Searchable, 'key'>;
type Of = { [N in Searched]: (document: Documents[N], nameOf: (id: string) => string) => Entry | null };

const words = (...parts: (string | number | null | undefined)[]) =>
  parts.filter((part) => part !== null && part !== undefined && part !== '').join(' ');

/** `nameOf`: the name of a person or service by its id. */
const entries: Of = {
  people: ({ displayName, username, email, identity, createdAt: at }) => ({
    title: displayName,
    text: words(username, email, identity?.legalName, identity?.taxNumber, identity?.city),
    at,
    within: null,
  }),
  services: ({ slug, names, taglines, createdAt: at }) => ({
    title: words(names.en, names.es, slug),
    text: words(taglines.en, taglines.es),
    at,
    within: null,
  }),
  tickets: ({ number, subject, client, lastActivityAt: at }, nameOf) => ({
    title: words(number, subject),
    text: nameOf(client),
    at,
    within: null,
  }),
  orders: ({ number, instanceName, service, client, createdAt: at }, nameOf) => ({
    title: words(instanceName, number),
    text: words(nameOf(service), nameOf(client)),
    at,
    within: null,
  }),
  invoices: ({ number, description, client, createdAt: at }, nameOf) => ({
    title: number ?? '',
    text: words(description, nameOf(client)),
    at,
    within: null,
  }),
  messages: ({ body, authorName, ticket, kind, createdAt: at }) =>
    // What the system noted about a ticket is not what somebody wrote.
    kind === 'event' ? null : { title: '', text: words(body, authorName), at, within: ticket },
  files: ({ fileName, ticket, invoice, createdAt: at }) => ({
    title: fileName,
    text: '',
    at,
    within: ticket ?? invoice,
  }),
};

/** A document as the index holds it; null if it is not searched. */
export function searchableOf(
  collection: Searched,
  document: Fields,
  nameOf: (id: string) => string,
): Searchable | null {
  const entry = (entries[collection] as (document: unknown, names: typeof nameOf) => Entry | null)(
    document,
    nameOf,
  ); // the table has one for each
  return entry && { key: `${collection} ${document.id}`, ...entry };
}

/** Compares two states of a document: it changes with every write, here and on the server. */
export const versionOf = ({ seq, writtenAt }: Fields): string => `${String(seq)}:${String(writtenAt)}`;
