/** A person's session on a device that is known to the account, as the browser of that device stores it. */
export type StoredSession = {
  cookie: { name: string; value: string };
  /** The entries of the app in `localStorage`. */
  localStorage: Record<string, string>;
};

/** What one run sets up once for all its workers. */
export type SharedSetup = {
  /** URL of a database with all migrations, the demo data and one session of each demo person. */
  template: string;
  /** By username. */
  sessions: Record<string, StoredSession>;
};

const variable = 'CSTIMS_E2E_SETUP';

/** Passes the setup on to the worker processes, in an environment variable. */
export function publish(setup: SharedSetup): void {
  process.env[variable] = JSON.stringify(setup);
}

export function sharedSetup(): SharedSetup {
  return JSON.parse(process.env[variable] ?? '{}') as SharedSetup; // set by publish
}
