import { collections } from './collections.ts';
import { createRights } from './engine/rights.ts';
import { policy } from './policy.ts';

/** The table of rights, ready to be asked. The server enforces it and the app asks it. */
export const rights = createRights({ collections, policy });

export const { authorize, authorizeRemove, mayCreate, mayChange, movesOf, view, collectionsOf, scopeFields } = rights;
