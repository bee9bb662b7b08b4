import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { filledLine, id, line, newestFirst, text, times } from '../engine/field.ts';

/**
 * Announcements by the provider to its clients, to the clients of one service, or to everybody. They are insert-only,
 * because they are also sent by e-mail. The server copies an announcement for a service to each client who has the
 * service at that time (audience 'client'), so that the document alone decides who may read it.
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
