import { createHash } from 'node:crypto';

/**
 * The fingerprint of a record: SHA-256 in upper-case hex over `name=value` pairs joined by `&`, with trimmed values.
 * Source: Agencia Tributaria, specification of the fingerprint of billing records, version 0.1.2.
 */
export function fingerprintOf(fields: readonly (readonly [name: string, value: string])[]): string {
  const text = fields.map(([name, value]) => `${name}=${value.trim()}`).join('&');
  return createHash('sha256').update(text, 'utf8').digest('hex').toUpperCase();
}
