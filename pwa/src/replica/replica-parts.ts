import type { Documents } from '#shared/collections.ts';
import type { Replica } from '#sync/client/store.ts';

/** What belongs to an open replica but is written elsewhere: the app passes it in. */
export type ReplicaParts = {
  /** Uploads pending files until the returned function is called. */
  startUploads: (
    opened: Replica<Documents>,
    person: string,
    callbacks: { refused: (fileName: string) => void; failed: (error: unknown) => void },
  ) => () => void;
  /** Deletes a person's files from this device, except those with these hashes. */
  forgetBytes: (person: string, except: ReadonlySet<string>) => Promise<void>;
  accountDisabled: () => void;
};
