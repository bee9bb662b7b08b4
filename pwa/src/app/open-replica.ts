import { forgetBytes } from '../files/file-bytes.ts';
import { startUploads } from '../files/uploads.ts';
import { openReplicaFor } from '../replica/replica.ts';
import type { Me } from '../session/session.ts';

/**
 * Opens the replica of the signed-in person, with uploads of their files.
 *
 * @param accountDisabled called after the replica of a disabled account was deleted from this device
 */
export function openReplica(me: Me, accountDisabled: () => void): Promise<void> {
  return openReplicaFor(me, { startUploads, forgetBytes, accountDisabled });
}
