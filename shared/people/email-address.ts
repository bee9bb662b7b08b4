/**
 * An e-mail address in the one form in which addresses are stored and compared: lower case, and the domain in ASCII
 * (`Ana@MÜNCHEN.example` becomes `ana@xn--mnchen-3ya.example`, RFC 5890). What is no address stays as it is.
 */
export function canonicalEmail(address: string): string {
  const trimmed = address.trim().toLowerCase().normalize('NFC');
  const at = trimmed.lastIndexOf('@');
  if (at < 1) return trimmed;
  const domain = asciiDomain(trimmed.slice(at + 1));
  return domain === null ? trimmed : `${trimmed.slice(0, at)}@${domain}`;
}

function asciiDomain(domain: string): string | null {
  // Only letters, digits, dots and hyphens: a URL parser would take other characters as parts of an address.
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain)) return null;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return null;
  }
}
