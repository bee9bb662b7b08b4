import { newId } from '../new-id.ts';
import { theReplica } from '../replica/replica.ts';
import type { FileDocument } from '#shared/files/schema.ts';

/** A chosen file. Its bytes are stored on the device, so it survives a reload and a network loss. */
export type ChosenFile = Pick<FileDocument, 'mediaType' | 'fileName' | 'size' | 'sha256'>;
type Owner =
  | { kind: 'attachment'; client: string; queue: FileDocument['queue']; ticket: string; message: string }
  | { kind: 'proof'; client: string; invoice: string };

/** Inserts file documents for their owner. The bytes are uploaded when there is a network. */
export async function announce(files: readonly ChosenFile[], owner: Owner): Promise<void> {
  const noOwner = { queue: null, ticket: null, message: null, invoice: null };
  for (const { mediaType, fileName, size, sha256 } of files) {
    await theReplica().insert('files', {
      ...noOwner,
      visibility: 'client', // the server decides
      ...owner,
      id: newId(),
      mediaType,
      fileName,
      size,
      sha256,
      state: 'expected',
      reason: null,
    });
  }
}
