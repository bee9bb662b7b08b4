/** The person who reads or writes. Role and status come from the database at every request, never from the session. */
export type Actor<Role extends string = string> = { id: string; role: Role; name: string };
