/** The reason why a request failed. `offline`: there was no network, so the server did not refuse it. */
export type Problem = { code: string | null; field: string | null; text: string; offline?: true };
