import type { Role } from '../people/schema.ts';

/** Who writes or reads. Role and status come from the database at every request, never from the session. */
export type Actor = { id: string; role: Role; name: string };
