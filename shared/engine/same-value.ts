import { createCustomEqual } from 'fast-equals';

/**
 * Deep equality of document values. An undefined property counts as absent, as in JSON, but null does not. The order of
 * properties does not matter.
 */
export const sameValue: (a: unknown, b: unknown) => boolean = createCustomEqual({
  createCustomConfig: ({ areObjectsEqual }) => ({
    areObjectsEqual: (a: object, b: object, state) =>
      areObjectsEqual(withoutUndefined(a), withoutUndefined(b), state),
  }),
});

function withoutUndefined(object: object): object {
  const properties = Object.entries(object);
  if (properties.every(([, value]) => value !== undefined)) return object;
  return Object.fromEntries(properties.filter(([, value]) => value !== undefined));
}
