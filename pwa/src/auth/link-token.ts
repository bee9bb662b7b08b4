/**
 * Reads the token of an e-mail's link and removes it from the address, so that it stays in no history. The token is in
 * the URL fragment, which no server and no log sees. It is used only when the person clicks.
 */
export function tokenOfEmail(): string | null {
  const token = window.location.hash.slice(1);
  if (token) window.history.replaceState(window.history.state, '', window.location.pathname);
  return /^[A-Za-z0-9_-]{43}$/.test(token) ? token : null;
}
