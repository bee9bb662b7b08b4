import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { filledLine, id, line, times } from '../engine/field.ts';
import { queues } from '../tickets/queues.ts';

/** 10 MB: a photo of a phone, a scanned invoice; more is refused before it is read. */
export const mostFileBytes = 10_000_000;
export const fileTypes = ['application/pdf', 'image/png', 'image/jpeg', 'image/webp', 'text/plain'] as const;

/** What is known of bytes that belong to a document; the bytes themselves are fetched by their hash. */
export const files = defineCollection({
  name: 'files',
  version: 2,
  schema: z.strictObject({
    id: id(),
    ...times,
    kind: z.enum(['invoice', 'proof', 'attachment']),
    client: id(),
    /** Of an attachment: queue and ticket it belongs to; they say who of staff may see it. */
    queue: z.nullable(z.enum(queues)),
    /** What staff attaches is for staff until the answer that it belongs to is there: a note's files never leave it. */
    visibility: z.enum(['client', 'staff']),
    ticket: z.nullable(id()),
    message: z.nullable(id()),
    invoice: z.nullable(id()),
    mediaType: z.enum(fileTypes),
    fileName: filledLine(120),
    size: z.int().check(z.minimum(1), z.maximum(mostFileBytes)),
    sha256: z.string().check(z.maxLength(64), z.regex(/^[0-9a-f]{64}$/)),
    /** Expected: announced by a device that still has to send the bytes. */
    state: z.enum(['expected', 'stored', 'accepted', 'refused']),
    /** Why a proof was refused, as its client reads it. */
    reason: z.nullable(line(300)),
  }),
  indexes: [['createdAt']],
  derived: ['client', 'queue', 'visibility'],
  defaults: {
    visibility: 'client',
    queue: null,
    ticket: null,
    message: null,
    invoice: null,
    state: 'expected',
    reason: null,
  },
  conflicts: {},
  insertOnly: false,
  parents: ['ticket', 'invoice'],
});
export type FileDocument = z.infer<typeof files.schema>;
