import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { filledLine, id, text, times } from '../engine/field.ts';
import { queues } from './queues.ts';

/** Canned replies of a queue. A reply that is no longer wanted is retired: it is hidden from lists but kept in the history. */
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
