import type { FileDocument } from './schema.ts';

/** The endings that fit each media type. The first one is appended to a name with another ending. */
const endings: Record<FileDocument['mediaType'], readonly string[]> = {
  'application/pdf': ['pdf'],
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg', 'jfif'],
  'image/webp': ['webp'],
  'text/plain': (
    'txt text log md csv tsv json yml yaml toml ini conf cfg cnf env properties ' +
    'xml sql diff patch eml ics vcf pem crt cer csr pub asc sig zone'
  ).split(' '),
};

/**
 * A file name that is safe to open by a click: its ending fits the content, so that no text is run as a program
 * (`run.bat` becomes `run.bat.txt`). Characters that reorder or hide parts of a name are removed.
 *
 * @returns at most 120 characters, never empty
 */
export function safeFileName(name: string, mediaType: FileDocument['mediaType']): string {
  const visible = name.replace(/[\p{Cc}\p{Cf}\u2028\u2029/\\]/gu, ' ').trim() || 'file';
  const allowed = endings[mediaType];
  const ending = /\.([^.\s]+)$/.exec(visible)?.[1]?.toLowerCase();
  // A name without an ending is opened by no program.
  const fits = ending === undefined ? !visible.endsWith('.') : allowed.includes(ending);
  const suffix = fits ? '' : `.${allowed[0] ?? ''}`;
  const room = 120 - suffix.length;
  const short = visible.length <= room ? visible : `${visible.slice(0, room - 20)}…${visible.slice(-19)}`;
  return short + suffix;
}
