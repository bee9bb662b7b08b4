import * as z from 'zod/mini';
import { filledLine, id, text, times } from '../engine/field.ts';
import { queues } from './schema.ts';

/** Saved replies of a queue; one that is no longer wanted is retired, so that it leaves lists but no history. */
export const replies = {
  name: 'replies',
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
  stamped: [],
  defaults: { retired: false },
  merge: {},
  insertOnly: false,
} as const;
export type Reply = z.infer<typeof replies.schema>;
