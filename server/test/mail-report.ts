import type { MailCase } from './mail-corpus.ts';

/**
 * A mail of a kind that answer parsers and help desks are known to get wrong, after public bug reports. White
 * space does not count when its phrases are compared with the shown text.
 */
export type MailReport = Pick<MailCase, 'name'> & {
  /** The whole mail. */
  raw: string;
  /** Every phrase that the person wrote now. The shown text must contain all of them. */
  new: string[];
  /** Phrases of earlier mails that are better folded away. What is ambiguous is not in the list. */
  quoted: string[];
  /** What the shown text must never contain, such as glued cells or wrongly decoded letters. */
  never?: string[];
  /** The number of attachments in the mail, whether a ticket keeps them or not. */
  files?: number;
};

type Expected = Omit<MailReport, 'name' | 'raw' | 'quoted'> & { quoted?: string[] };
type Content = { body: string; headers?: Record<string, string> };

/** A mail from Ana to the help desk. A header with an empty value is left out. */
export function report(
  name: string,
  { body, headers, quoted = [], ...expected }: Content & Expected,
): MailReport {
  const all: Record<string, string> = {
    From: 'Ana Pons <ana@example.org>',
    To: 'Soporte ARFNET <soporte@arfnet.example>',
    Subject: 'Re: Answer to ticket #7',
    'Message-ID': `<${name.replace(/\W+/g, '-')}@example.org>`,
    Date: 'Tue, 03 Nov 2026 11:00:00 +0100',
    'MIME-Version': '1.0',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Transfer-Encoding': '8bit',
    ...headers,
  };
  const head = Object.entries(all).flatMap(([key, value]) => (value === '' ? [] : `${key}: ${value}`));
  return { name, raw: [...head, '', dedent(body), ''].join('\r\n'), quoted, ...expected };
}

/** A report with an HTML body alone. */
export const htmlReport = (name: string, { headers, ...rest }: Content & Expected) =>
  report(name, { headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers }, ...rest });

/** Removes the indentation of the source and ends lines as mail does. */
export function dedent(text: string): string {
  const lines = text
    .replace(/^\r?\n/, '')
    .replace(/\r?\n *$/, '')
    .split(/\r?\n/);
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const indent = Math.min(...indents, 1000);
  return lines.map((line) => line.slice(indent)).join('\r\n');
}

/** One part of a multipart mail. */
export function part(type: string, text: string, headers: Record<string, string> = {}): string {
  const all = Object.entries({ 'Content-Type': type, ...headers }).map(([key, value]) => `${key}: ${value}`);
  return [...all, '', dedent(text)].join('\r\n');
}
export const plainPart = (text: string) =>
  part('text/plain; charset=utf-8', text, { 'Content-Transfer-Encoding': '8bit' });
export const htmlPart = (text: string) =>
  part('text/html; charset=utf-8', text, { 'Content-Transfer-Encoding': '8bit' });

/** A part with a file. */
export const filePart = (name: string, type: string, bytes: Buffer, headers: Record<string, string> = {}) =>
  part(`${type}; name="${name}"`, base64(bytes), {
    'Content-Transfer-Encoding': 'base64',
    'Content-Disposition': `attachment; filename="${name}"`,
    ...headers,
  });

/** The headers and the body of a multipart mail. The kinds of nested ones must differ: they are the boundary. */
export function multipart(kind: string, parts: string[], parameters = ''): Required<Content> {
  const boundary = `=_${kind}`;
  const body = [...parts.flatMap((each) => [`--${boundary}`, each]), `--${boundary}--`].join('\r\n');
  const type = `multipart/${kind}; ${parameters}boundary="${boundary}"`;
  return { headers: { 'Content-Type': type, 'Content-Transfer-Encoding': '7bit' }, body };
}

/** A multipart mail as a part of another one. */
export function nested(kind: string, parts: string[]): string {
  const { headers, body } = multipart(kind, parts);
  return part(headers['Content-Type'] ?? '', body);
}

export const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/.{76}/g, '$&\r\n');

export const png = Buffer.from(
  '89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082',
  'hex',
);
