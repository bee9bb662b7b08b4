import * as z from 'zod/mini';

/** Everything that crosses the wire between a replica and the server. No superjson: numbers, strings, milliseconds. */

/** A collection's name. The server refuses names that it does not know. */
const collection = z.string().check(z.maxLength(64), z.regex(/^[a-zA-Z]+$/));
const seq = z.int().check(z.minimum(0));

/** A document as it travels; which fields it has is checked by the write path, with the collection's own zod object. */
const loose = z.record(z.string().check(z.maxLength(64)), z.unknown());

export const mostPulled = 2_000;
export const mostPushed = 100;

/** How often the person's rights had changed when the replica was made; another count means: make it anew. */
const epoch = z.int().check(z.minimum(0));

/** Whose replica it is: where somebody else is signed in meanwhile, nothing of either reaches the other. */
const person = z.optional(z.string());

export const pullRequest = z.strictObject({
  collection,
  person,
  epoch,
  since: seq,
  limit: z.int().check(z.minimum(1), z.maximum(mostPulled)),
});
export type PullRequest = z.infer<typeof pullRequest>;

export type Checkpoint = { seq: number };
export type Pulled = Record<string, unknown> & { id: string; _deleted: boolean };
export type PullResponse = { documents: Pulled[]; checkpoint: Checkpoint };
/** The person's rights changed: the replica keeps what is unsent as refusals, is wiped, and pulls anew. */
export type Reset = { reset: true };

/**
 * How far the first pull of a new device has come: it goes from the newest document to the oldest, through the
 * foremost ones (part 0), then the others (part 1). Everything that changes after `head` comes by ordinary pulls.
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
  /** Null: from the beginning. */
  cursor: z.nullable(firstCursor),
  limit: z.int().check(z.minimum(1), z.maximum(mostPulled)),
});
export type FirstRequest = z.infer<typeof firstRequest>;

/** `next` null: that was all. `total`: how many there are, said with the first page. */
export type FirstPage = { documents: Pulled[]; head: number; next: FirstCursor | null; total: number | null };

export const pushedRow = z.strictObject({
  /** The server's document as the writer last saw it; null for a new one. */
  base: z.nullable(loose),
  next: loose,
});
export type PushedRow = z.infer<typeof pushedRow>;

export const pushRequest = z.strictObject({
  collection,
  person,
  epoch,
  /** The device, for the audit: a random name that stays while its replica does. */
  device: z.string().check(z.minLength(1), z.maxLength(64), z.regex(/^[\w.-]+$/)),
  /** The device's clock when it sent this, so that ages can be corrected by the difference. */
  deviceNow: z.int(),
  rows: z.array(pushedRow).check(z.minLength(1), z.maxLength(mostPushed)),
});
export type PushRequest = z.infer<typeof pushRequest>;

/** Why a write was not accepted; `id` is the document's. */
export const refusal = z.strictObject({
  id: z.string(),
  code: z.string(),
  field: z.nullable(z.string()),
  detail: z.nullable(z.string()),
});
export type Refusal = z.infer<typeof refusal>;

/**
 * The answer to a push is HTTP 200 also where it is a no: `masters` holds the server's document for every row that
 * differs from what was pushed (a refused new one comes back deleted), `refusals` says why.
 */
export type PushResponse = { documents: Pulled[]; refusals: Refusal[] };

/** Where a replica stands: what changed after these is poked at once. */
export const pokesRequest = z.strictObject({
  since: z.record(collection, seq),
});
export type PokesRequest = z.infer<typeof pokesRequest>;

/** "Something of this collection changed that you may see": the replica pulls that collection. */
export type Poke = { collections: string[] };
