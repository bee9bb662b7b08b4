/**
 * The token of an e-mail's link stands behind #, which no server and no log gets to see. It is taken out of the address
 * at once, so that it stays in no history. Nothing is done with it before somebody clicks.
 */
export function tokenOfEmail(): string | null {
  const token = window.location.hash.slice(1);
  if (token) window.history.replaceState(window.history.state, '', window.location.pathname);
  return /^[A-Za-z0-9_-]{43}$/.test(token) ? token : null;
}
