/** The response of a command that returns no data. */
export type Ok = { ok: true };
