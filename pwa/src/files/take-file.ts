import { safeFileName } from '#shared/files/file-name.ts';
import { mostFileBytes } from '#shared/files/schema.ts';
import type { ChosenFile } from './attach.ts';
import { typeOfBytes } from './bytes-type.ts';
import { keepBytes } from './file-bytes.ts';

export type FileFault = 'file-too-large' | 'file-type' | 'file-empty';

/**
 * Stores a file's bytes on the device, or returns what is wrong with it. Its type comes from the content, and its
 * name fits the type.
 */
export async function takeFile(person: string, file: File): Promise<ChosenFile | FileFault> {
  if (file.size === 0) return 'file-empty';
  if (file.size > mostFileBytes) return 'file-too-large';
  const bytes = await file.arrayBuffer();
  const mediaType = typeOfBytes(new Uint8Array(bytes));
  if (!mediaType) return 'file-type';
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  await keepBytes(person, sha256, new Blob([bytes], { type: mediaType }));
  return { mediaType, fileName: safeFileName(file.name, mediaType), size: file.size, sha256 };
}
