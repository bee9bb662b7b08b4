import * as z from 'zod/mini';

/** The messages between a replica and the server. They are plain JSON without superjson; times are milliseconds. */

/** A collection's name. The server refuses names that it does not know. */
const collection = z.string().check(z.maxLength(64), z.regex(/^[a-zA-Z]+$/));
const seq = z.int().check(z.minimum(0));

/** A document in a request. The write pipeline checks its fields with the collection's own zod object. */
const loose = z.record(z.string().check(z.maxLength(64)), z.unknown());

export const mostPulled = 2_000;
export const mostPushed = 100;

/** How often the person's rights had changed when the replica was created. If it differs, the replica must be rebuilt. */
const epoch = z.int().check(z.minimum(0));

/** The owner of the replica. If somebody else has signed in since, the server refuses the request, so no data is mixed. */
const person = z.optional(z.string());

/**
 * The version of the collection's schema that the replica knows. If the server knows another one, it refuses the request:
 * the app or the server must be updated first, and until then the replica keeps its writes.
 */
const schema = z.optional(z.int());

/** The history that a checkpoint belongs to (server/generation.ts). Missing: the replica has no checkpoint yet. */
const generation = z.optional(z.string().check(z.maxLength(64)));

export const pullRequest = z.strictObject({
  collection,
  person,
  epoch,
  schema,
  generation,
  since: seq,
  limit: z.int().check(z.minimum(1), z.maximum(mostPulled)),
});
export type PullRequest = z.infer<typeof pullRequest>;

export type Checkpoint = { seq: number; generation: string };
export type Pulled = Record<string, unknown> & { id: string; _deleted: boolean };
/** `more`: there may be further changes after the checkpoint. */
export type PullResponse = { documents: Pulled[]; checkpoint: Checkpoint; more: boolean };
/**
 * The replica cannot go on as it is.
 * - 'rights': the person's rights changed. It turns unsent writes into refusals, deletes its documents and pulls again.
 * - 'restored': the server's database was restored from a backup. The replica compares itself with the server
 *   (client/restored.ts). `from`: changes with a higher seq may be gone.
 */
export type Reset = { reset: 'rights' } | { reset: 'restored'; from: number };

/**
 * The position of a new device's first pull. The pull goes from the newest document to the oldest, first through the
 * foremost documents (part 0), then through the others (part 1). Changes after `head` come by ordinary pulls.
 */
export const firstCursor = z.strictObject({
  head: seq,
  part: z.int().check(z.minimum(0), z.maximum(1)),
  before: seq,
});
export type FirstCursor = z.infer<typeof firstCursor>;

export const firstRequest = z.strictObject({
  collection,
  person,
  epoch,
  schema,
  generation,
  /** Null: start from the beginning. */
  cursor: z.nullable(firstCursor),
  limit: z.int().check(z.minimum(1), z.maximum(mostPulled)),
});
export type FirstRequest = z.infer<typeof firstRequest>;

/** `next`: null on the last page. `total`: the number of documents, sent only with the first page. */
export type FirstPage = {
  documents: Pulled[];
  head: number;
  generation: string;
  next: FirstCursor | null;
  total: number | null;
};

export const pushedRow = z.strictObject({
  /** The server's document as the writer last saw it; null for a new document. */
  base: z.nullable(loose),
  next: loose,
});
export type PushedRow = z.infer<typeof pushedRow>;

export const pushRequest = z.strictObject({
  collection,
  person,
  epoch,
  schema,
  generation,
  /** The device's name for the audit. It is random and stays the same as long as the replica exists. */
  device: z.string().check(z.minLength(1), z.maxLength(64), z.regex(/^[\w.-]+$/)),
  /** The device's clock when it sent the request. The server corrects times of writing by the difference. */
  deviceNow: z.int(),
  rows: z.array(pushedRow).check(z.minLength(1), z.maxLength(mostPushed)),
});
export type PushRequest = z.infer<typeof pushRequest>;

/** Why a write was not accepted. `id` is the id of the document. */
export const refusal = z.strictObject({
  id: z.string(),
  code: z.string(),
  field: z.nullable(z.string()),
  detail: z.nullable(z.string()),
});
export type Refusal = z.infer<typeof refusal>;

/**
 * The response to a push. It is HTTP 200 even if writes are refused. `documents` holds the server's document of each row
 * that differs from the pushed one (a refused new document comes back as deleted). `refusals` gives the reasons.
 */
export type PushResponse = {
  documents: Pulled[];
  refusals: Refusal[];
  /** The history that the writes are now a part of. */
  generation: string;
};

/**
 * The checkpoints of a replica. The stream begins with the collections that have changed since. With `person`, `epoch` and
 * `schemas` (the version of each collection that the replica knows), later changes bring the documents themselves. Apps of
 * earlier versions send none of them and pull.
 */
export const pokesRequest = z.strictObject({
  generation,
  since: z.record(collection, seq),
  person,
  epoch: z.optional(epoch),
  schemas: z.optional(z.record(collection, z.int())),
});
export type PokesRequest = z.infer<typeof pokesRequest>;

/**
 * An event of the live stream. A replica that has every change up to `from` and stores `changes` has every change up to
 * `to`, but for the collections that are named without their changes: those it pulls. Any other replica pulls all that are
 * named.
 */
export type Poke = {
  /** The collections in which a document changed that the reader may see. */
  collections: string[];
  /** The changed documents of a collection as the reader may see them, as in a pull. */
  changes: Record<string, Pulled[]>;
  /** Null in the first event of a stream, which begins at the checkpoints of the request. */
  from: number | null;
  to: number;
  generation: string;
};
