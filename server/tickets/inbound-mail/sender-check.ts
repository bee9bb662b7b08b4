/**
 * What the mail server in front found out about the sender of an e-mail (RFC 8601): 'pass' if the domain of the From
 * address has sent it, 'fail' if it has not, 'none' if nobody whom we trust has checked.
 */
export type SenderCheck = 'pass' | 'fail' | 'none';

/**
 * Reads the result of a check. Only the newest header counts, and only if it names the server that the settings trust:
 * whoever sends an e-mail can add any header to it, but not above the one of that server.
 *
 * @param trusted the authserv-id of that server; empty: nobody is trusted
 */
export function checkOfSender(
  { authenticationResults, sender }: { authenticationResults: string; sender: string },
  trusted: string,
): SenderCheck {
  const [, value = ''] = /^authentication-results:\s*([\s\S]*)$/i.exec(authenticationResults) ?? [];
  const [server = '', ...results] = value
    .replace(/\([^()]*\)/g, ' ')
    .split(';')
    .map((each) => each.trim());
  const [id = ''] = server.split(/\s/);
  if (trusted === '' || id.toLowerCase() !== trusted.toLowerCase()) return 'none';
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const found = results.map((result) => result.toLowerCase());
  const methodIs = (method: string, outcome: string) =>
    found.filter((result) => new RegExp(`^${method}\\s*=\\s*${outcome}\\b`).test(result));
  if (methodIs('dmarc', 'pass').some((result) => isAbout(result, ['header.from'], domain))) return 'pass';
  if (methodIs('dmarc', 'fail').length > 0) return 'fail';
  if (methodIs('dkim', 'pass').some((result) => isAbout(result, ['header.d', 'header.i'], domain)))
    return 'pass';
  if (methodIs('spf', 'pass').some((result) => isAbout(result, ['smtp.mailfrom'], domain))) return 'pass';
  return methodIs('spf', 'fail').length > 0 || methodIs('dkim', 'fail').length > 0 ? 'fail' : 'none';
}

/** True if a result names the domain of the sender, or a domain above it. */
function isAbout(result: string, properties: readonly string[], domain: string): boolean {
  return properties.some((property) => {
    const named = new RegExp(`${property.replace('.', '\\.')}\\s*=\\s*"?([^\\s";]+)`).exec(result)?.[1];
    const checked = named?.slice(named.lastIndexOf('@') + 1);
    return (
      checked !== undefined && checked.includes('.') && (checked === domain || domain.endsWith(`.${checked}`))
    );
  });
}
