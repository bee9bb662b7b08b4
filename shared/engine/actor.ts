/** The person who reads or writes. The role is read from the database on every request, not from the session. */
export type Actor<Role extends string = string> = { id: string; role: Role; name: string };
