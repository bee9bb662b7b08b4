import { createCustomEqual } from 'fast-equals';

/**
 * Equal as values of a document, in depth. A member that is undefined counts as absent, as it does in JSON; null is a
 * value of its own. The order of members does not matter.
 */
export const sameValue: (a: unknown, b: unknown) => boolean = createCustomEqual({
  createCustomConfig: ({ areObjectsEqual }) => ({
    areObjectsEqual: (a: object, b: object, state) => areObjectsEqual(defined(a), defined(b), state),
  }),
});

/** The object without its undefined members. */
function defined(object: object): object {
  const members = Object.entries(object);
  if (members.every(([, value]) => value !== undefined)) return object;
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}
