/** A session of somebody on a device that their account knows, as the browser of that device keeps it. */
export type StoredSession = {
  cookie: { name: string; value: string };
  /** What the app keeps in the storage of the page. */
  kept: Record<string, string>;
};

/** What is made once a run and used by all workers. */
export type SharedSetup = {
  /** A database that is migrated, filled with demo data and in which each of the demo people is signed in once. */
  template: string;
  sessions: Record<string, StoredSession>;
};

const variable = 'CSTIMS_E2E_SETUP';

export function publish(setup: SharedSetup): void {
  process.env[variable] = JSON.stringify(setup);
}

export function sharedSetup(): SharedSetup {
  return JSON.parse(process.env[variable] ?? '{}') as SharedSetup; // written by publish
}
