import { uuidv7 } from '#shared/engine/ids.ts';

/** The id of a document made on this device, now. */
export function newId(): string {
  return uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}
