import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { filledLine, id, line, times } from '../engine/field.ts';
import { queues } from '../tickets/queues.ts';

/** 10 MB is enough for a phone's photo or a scanned invoice. Larger uploads are refused before they are read. */
export const mostFileBytes = 10_000_000;
export const fileTypes = ['application/pdf', 'image/png', 'image/jpeg', 'image/webp', 'text/plain'] as const;

/** Describes a file that belongs to a document. The bytes are fetched separately, by their hash. */
export const files = defineCollection({
  name: 'files',
  version: 2,
  schema: z.strictObject({
    id: id(),
    ...times,
    kind: z.enum(['invoice', 'proof', 'attachment']),
    client: id(),
    /** Attachments only: the queue of its ticket, which decides which staff may see it. */
    queue: z.nullable(z.enum(queues)),
    /** An attachment by staff is visible to staff only until its answer arrives. Files of a note stay that way. */
    visibility: z.enum(['client', 'staff']),
    ticket: z.nullable(id()),
    message: z.nullable(id()),
    invoice: z.nullable(id()),
    mediaType: z.enum(fileTypes),
    fileName: filledLine(120),
    size: z.int().check(z.minimum(1), z.maximum(mostFileBytes)),
    sha256: z.string().check(z.maxLength(64), z.regex(/^[0-9a-f]{64}$/)),
    /** 'expected': a device has announced the file but not yet uploaded the bytes. */
    state: z.enum(['expected', 'stored', 'accepted', 'refused']),
    /** Why a proof of payment was refused, in words for the client. */
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
  // A name can tell as much as a text. No copy is left when the message of a file is redacted.
  unaudited: ['fileName', 'sha256'],
});
export type FileDocument = z.infer<typeof files.schema>;
