import { uuidv7 } from '#shared/engine/ids.ts';

/** A new document id (UUIDv7) for a document created on this device now. */
export function newId(): string {
  return uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}
