import { newId } from '../new-id.ts';
import { theReplica } from '../replica/replica.ts';
import { typeOfBytes } from './bytes-type.ts';
import { keepBytes } from './file-bytes.ts';
import { type FileDocument, mostFileBytes } from '#shared/files/schema.ts';

/** A chosen file. Its bytes are stored on the device, so it survives a reload and a network loss. */
export type ChosenFile = Pick<FileDocument, 'mediaType' | 'fileName' | 'size' | 'sha256'>;
export type FileFault = 'file-too-large' | 'file-type' | 'file-empty';

/** Stores a file's bytes on the device, or returns what is wrong with it. Its type comes from the content. */
export async function takeFile(person: string, file: File): Promise<ChosenFile | FileFault> {
  if (file.size === 0) return 'file-empty';
  if (file.size > mostFileBytes) return 'file-too-large';
  const bytes = await file.arrayBuffer();
  const mediaType = typeOfBytes(new Uint8Array(bytes));
  if (!mediaType) return 'file-type';
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  await keepBytes(person, sha256, new Blob([bytes], { type: mediaType }));
  return { mediaType, fileName: nameOf(file.name), size: file.size, sha256 };
}

/** A file name without control characters, short enough for a list and an HTTP header. */
function nameOf(name: string): string {
  const clean = name.replace(/\p{Cc}/gu, ' ').trim() || 'file';
  return clean.length <= 120 ? clean : `${clean.slice(0, 100)}…${clean.slice(-19)}`;
}

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
