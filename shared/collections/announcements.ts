import * as z from 'zod/mini';
import { filledLine, id, line, newestFirst, text, times } from './field.ts';

/** What the provider tells its clients, or everybody; insert-only, as what was mailed was mailed. */
export const announcements = {
  name: 'announcements',
  version: 1,
  schema: z.strictObject({
    id: id(),
    ...times,
    audience: z.enum(['clients', 'everybody']),
    title: filledLine(120),
    body: text(),
    authorName: line(80),
    recent: newestFirst(),
  }),
  indexes: [['recent']],
  stamped: ['authorName', 'recent'],
  defaults: {},
  merge: {},
  insertOnly: true,
} as const;
export type Announcement = z.infer<typeof announcements.schema>;
