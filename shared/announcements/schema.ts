import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { filledLine, id, line, newestFirst, text, times } from '../engine/field.ts';

/**
 * What the provider tells its clients, the clients of one service, or everybody; insert-only, as what was mailed was
 * mailed. One for a service is copied by the server for each client who has it then (audience 'client'), so that who
 * may read it is said by the document alone.
 */
export const announcements = defineCollection({
  name: 'announcements',
  version: 2,
  schema: z.strictObject({
    id: id(),
    ...times,
    audience: z.enum(['clients', 'everybody', 'service', 'client']),
    service: z.nullable(id()),
    client: z.nullable(id()),
    title: filledLine(120),
    body: text(),
    authorName: line(80),
    recent: newestFirst(),
  }),
  indexes: [['recent']],
  derived: ['client', 'authorName', 'recent'],
  defaults: { service: null, client: null },
  conflicts: {},
  insertOnly: true,
});
export type Announcement = z.infer<typeof announcements.schema>;
