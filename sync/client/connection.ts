import type { Fault } from './faults.ts';
import type { Progress } from './pull.ts';

/** What a person is told about the state of their replica. */
export type Connection = {
  /** The last request got a response. */
  online: boolean;
  /** At least one request has ended. Before that it is unknown whether there is a network. */
  tried: boolean;
  /** The session has ended, and the person must sign in again. Until then nothing is lost. */
  signedOut: boolean;
  /** When everything was last known to be up to date, by the device's clock; null: never. While online, that is now. */
  syncedAt: number | null;
  /** 'changed': the replica must be rebuilt under the new rights (reset.ts). 'disabled': it must be deleted. */
  access: 'same' | 'changed' | 'disabled';
  /** App and server are of different versions: which of them must be updated. Until then nothing is sent. */
  outdated: 'app' | 'server' | null;
  /** Ids of the documents that are being sent. */
  sending: readonly string[];
  /** Progress of the first pull of a new device; null if it has ended. */
  progress: Progress | null;
  /** Why some work has stopped. It does not resume by itself, so the person must be informed. */
  fault: Fault | null;
};

export const notConnected: Connection = {
  online: false,
  tried: false,
  signedOut: false,
  syncedAt: null,
  access: 'same',
  outdated: null,
  sending: [],
  progress: null,
  fault: null,
};
