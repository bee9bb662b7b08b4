import { collections } from './collections.ts';
import { createRights } from './engine/rights.ts';
import { policy } from './policy.ts';

/** The queries on the table of rights. The server uses them to enforce it, and the app to show only what is allowed. */
export const rights = createRights({ collections, policy });

export const { authorize, authorizeRemove, mayCreate, mayChange, movesOf, view, collectionsOf, scopeFields } =
  rights;
