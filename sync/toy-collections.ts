import * as z from 'zod/mini';
import { defineCollection, type DocumentOf } from '#shared/engine/collection.ts';
import { filledLine, id, line, times } from '#shared/engine/field.ts';
import { createRights } from '#shared/engine/rights.ts';
import { ME, type Rule } from '#shared/engine/rule.ts';

/* Two small collections for the engine's tests. They also show what a product must provide to the engine. */

/** A shelf in a room. The readers of the room may see it. */
export const shelves = defineCollection({
  name: 'shelves',
  version: 0,
  schema: z.strictObject({ id: id(), ...times, room: z.enum(['east', 'west']), title: filledLine(40) }),
  indexes: [['createdAt']],
  derived: [],
  defaults: {},
  conflicts: { title: 'latest' },
  insertOnly: false,
});
export type Shelf = DocumentOf<typeof shelves>;

/** A book on a shelf. The server copies the shelf's room into it. */
export const books = defineCollection({
  name: 'books',
  version: 0,
  schema: z.strictObject({
    id: id(),
    ...times,
    shelf: id(),
    room: z.enum(['east', 'west']),
    owner: id(),
    title: filledLine(40),
    note: line(100),
    page: z.int().check(z.minimum(0)),
  }),
  indexes: [['shelf', 'createdAt']],
  derived: ['room', 'owner'],
  defaults: { note: '', page: 0 },
  conflicts: { page: 'max' },
  insertOnly: false,
  parents: ['shelf'],
  unaudited: ['note'],
});
export type Book = DocumentOf<typeof books>;

/** Parents first. */
export const toys = { shelves, books };
export type ToyDocuments = { shelves: Shelf; books: Book };

const librarian: Rule = {
  read: [{ when: {}, fields: '*' }],
  create: { when: {}, fields: ['room', 'title', 'shelf', 'note', 'page'] },
  update: [{ when: {}, fields: ['room', 'title', 'note', 'page'] }],
};

/** A librarian sees everything. A reader sees their own books, and those of others in the east room without note and page. */
export const toyRights = createRights({
  collections: toys,
  policy: {
    shelves: { librarian, reader: { read: [{ when: { room: ['east'] }, fields: '*' }] } },
    books: {
      librarian,
      reader: {
        read: [
          { when: { owner: ME }, fields: '*' },
          { when: { room: ['east'] }, fields: { but: ['note', 'page'] } },
        ],
        create: { when: { owner: ME }, fields: ['shelf', 'title', 'note', 'page'] },
        update: [{ when: { owner: ME }, fields: ['title', 'note', 'page'] }],
      },
    },
  },
});
