/** The form of the rules in the table of rights. */

/** Stands for the id of the actor. */
export const ME = '@me';

/** Every named field must have one of the listed values. `{}` fits every document. */
export type Condition = Readonly<Record<string, typeof ME | readonly string[]>>;

/** The allowed changes of a field's value: field -> old value -> new values. The key or value 'null' stands for null. */
export type Moves = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export type Update = { when: Condition; fields: readonly string[]; move?: Moves };
export type Create = {
  when: Condition;
  fields: readonly string[];
  start?: Readonly<Record<string, readonly unknown[]>>;
};

export type Rule = {
  /** The documents and fields that the role may read. The first condition that fits a document decides the fields. */
  read: readonly { when: Condition; fields: readonly string[] | '*' | { but: readonly string[] } }[];
  /** The fields that the role may set in a new document. `start` lists the allowed initial values of a field. */
  create?: Create | readonly Create[];
  /** The changes that the role may make in documents that it may read. */
  update?: readonly Update[];
  /** Further rights that apply only to commands, and never to pushes, which may be days old. */
  command?: { create?: Create; update?: readonly Update[]; remove?: Condition };
};

/** The rules for creating documents, as a list (usually with one rule or none). */
export function createsOf({ create = [] }: Rule): readonly Create[] {
  return 'when' in create ? [create] : create;
}

/**
 * A shortest path of allowed moves from one value to another, without the first value; null if there is none. It is
 * needed because a replica that was offline sends only the last value of a field, not each move.
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
