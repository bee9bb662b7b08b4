import type { Actor as AnyActor } from '../engine/actor.ts';
import type { Role } from './schema.ts';

/** The person who reads or writes. Role and status come from the database at every request, never from the session. */
export type Actor = AnyActor<Role>;
