/** The answer of a command that has nothing else to say. */
export type Ok = { ok: true };
