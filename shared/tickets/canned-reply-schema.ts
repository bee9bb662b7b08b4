import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { filledLine, id, text, times } from '../engine/field.ts';
import { queues } from './queues.ts';

/** Canned replies of a queue. An unwanted reply is retired: it is hidden from lists, but its history is kept. */
export const cannedReplies = defineCollection({
  name: 'cannedReplies',
  version: 1,
  schema: z.strictObject({
    id: id(),
    ...times,
    title: filledLine(80),
    body: text(),
    queue: z.enum(queues),
    retired: z.boolean(),
  }),
  indexes: [['createdAt']],
  derived: [],
  defaults: { retired: false },
  conflicts: {},
  insertOnly: false,
});
export type CannedReply = z.infer<typeof cannedReplies.schema>;
