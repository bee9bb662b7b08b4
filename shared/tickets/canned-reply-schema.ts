import * as z from 'zod/mini';
import { filledLine, id, text, times } from '../engine/field.ts';
import { queues } from './schema.ts';

/** Canned replies of a queue; one that is no longer wanted is retired, so that it leaves lists but no history. */
export const cannedReplies = {
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
  merge: {},
  insertOnly: false,
} as const;
export type CannedReply = z.infer<typeof cannedReplies.schema>;
