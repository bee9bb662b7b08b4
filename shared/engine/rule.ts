/** What a rule of the table of rights can say. */

/** Stands for the id of whoever asks. */
export const ME = '@me';

/** All fields named must have one of the values; `{}` is true for every document. */
export type Condition = Readonly<Record<string, typeof ME | readonly string[]>>;

/** From which value to which a field may go. */
export type Moves = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export type Update = { when: Condition; fields: readonly string[]; move?: Moves };
export type Create = {
  when: Condition;
  fields: readonly string[];
  start?: Readonly<Record<string, readonly unknown[]>>;
};

export type Rule = {
  /** Which documents travel to the role, and which of their fields; the first condition that fits gives the fields. */
  read: readonly { when: Condition; fields: readonly string[] | '*' | { but: readonly string[] } }[];
  /** What the role may say of a new document; `start` lists the values a field may begin with. */
  create?: Create | readonly Create[];
  /** What it may change in documents that it sees. */
  update?: readonly Update[];
  /** The same by a command, which needs the server at once: never by a push that waited on a device. */
  command?: { create?: Create; update?: readonly Update[]; remove?: Condition };
};

/** The rules by which a role creates documents of a collection (usually one, or none). */
export function createsOf({ create = [] }: Rule): readonly Create[] {
  return 'when' in create ? [create] : create;
}

/**
 * The values a field goes through from one to another by allowed moves, the last included; null where there is no way.
 * A replica that was offline sends only where a field stands at last, not each move that led there.
 */
export function pathBetween(moves: readonly Moves[string][], from: string, to: string): string[] | null {
  const paths = new Map<string, string[]>([[from, []]]);
  for (const [value, path] of paths) {
    for (const next of moves.flatMap((move) => move[value] ?? [])) {
      if (next === to) return [...path, next];
      if (!paths.has(next)) paths.set(next, [...path, next]);
    }
  }
  return null;
}
