import type { Actor as AnyActor } from '../engine/actor.ts';
import type { Role } from './schema.ts';

/** The person who reads or writes. Role and status are read from the database on every request, not from the session. */
export type Actor = AnyActor<Role>;
