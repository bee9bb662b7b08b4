import type { CollectionName, Fields } from '#shared/collections.ts';
import type { KeptRefusal } from '#sync/client/refusals.ts';
import type { Player } from './cast.ts';
import type { Actor } from '#shared/people/actor.ts';

/** Messages between the chaos run and the processes of the replicas. */

/** A local write: a new document, or some fields of one. */
export type Write = {
  how: 'insert' | 'patch';
  collection: CollectionName;
  id: string;
  fields: Record<string, unknown>;
};

/** A write that the device has stored, and which must therefore not be lost. `writtenAt` is the device's clock. */
export type Written = Write & { device: string; writtenAt: number };

export type DocumentRef = { collection: CollectionName; id: string };

export type Command =
  | { do: 'open'; player: Player; url: string; trace: boolean }
  | { do: 'act'; what: string; numbers: number[] }
  | { do: 'reload' }
  | { do: 'resync' }
  /** The account that was disabled is enabled again. */
  | { do: 'enabled' }
  | { do: 'ask'; ask: number; what: 'state' | 'dump' };

export type State = { settled: boolean; why: string };
export type Dump = {
  me: Actor;
  documents: Partial<Record<CollectionName, Fields[]>>;
  refusals: KeptRefusal[];
};

export type Report =
  | { type: 'open' }
  | { type: 'wrote'; written: Written }
  /** The account was disabled, and the replica was deleted together with its person's unsent writes. */
  | { type: 'wiped'; device: string; documents: DocumentRef[] }
  | { type: 'answer'; ask: number; value: State | Dump | null };
